import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import { Route, Switch } from 'wouter';
import { queries } from '../../api/queries';
import type { Start } from '../../app/session';
import { useStart } from '../../app/session';
import { answering } from '../../test/answers';
import { START, show } from '../../test/show';
import Confirm from './Confirm';
import LogIn from './LogIn';
import Reset from './Reset';

afterEach(() => vi.unstubAllGlobals());

function App() {
  useStart(); // as whatever is around every screen
  return (
    <Switch>
      <Route path="/login" component={LogIn} />
      <Route path="/reset-password" component={Reset} />
    </Switch>
  );
}

test('whoever was logged in as they chose a new password gets the form to log in with it', async () => {
  answering({ '/api/auth/password/reset': { success: true }, '/api/web/start': START });
  window.history.replaceState(null, '', '/reset-password#token=any');
  show(<App />, { user: { id: '1', email: 'ada@example.com' } as NonNullable<Start['user']> }, queries);
  await userEvent.type(screen.getByLabelText('New password'), 'a new one of mine');
  await userEvent.click(screen.getByRole('button', { name: 'Change the password' }));
  await userEvent.click(await screen.findByRole('link', { name: 'Log in' }));
  expect(await screen.findByRole('button', { name: 'Log in' })).toBeTruthy();
});

test('a link that was used leads to another', async () => {
  const envelope = {
    code: 'INVALID_INPUT',
    message: 'no',
    details: { reason: 'LINK_UNUSABLE' },
    requestId: 'r',
  };
  for (const [Screen, button, leadsTo] of [
    [Reset, 'Change the password', '/forgot-password'],
    [Confirm, 'Confirm', '/register'],
  ] as const) {
    vi.stubGlobal('fetch', async () => Response.json({ error: envelope }, { status: 400 }));
    window.history.replaceState(null, '', '/#token=any');
    const { unmount } = show(<Screen />);
    expect(screen.queryByRole('link')).toBeNull();
    await userEvent.type(screen.getByLabelText(/password/i, { selector: 'input' }), 'a new one of mine');
    await userEvent.click(screen.getByRole('button', { name: button }));
    const links = await screen.findAllByRole('link');
    expect(links[0]?.getAttribute('href')).toBe(leadsTo);
    unmount();
  }
});
