import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import type { Start } from '../../app/session';
import { show } from '../../test/show';
import LogIn from './LogIn';
import Register from './Register';
import Setup from './Setup';

afterEach(() => vi.unstubAllGlobals());

test('a wrong password is told to a screen reader, and the form stays', async () => {
  const envelope = { error: { code: 'UNAUTHORIZED', message: 'no', details: {}, requestId: 'r' } };
  vi.stubGlobal('fetch', async () => Response.json(envelope, { status: 401 }));
  show(<LogIn />);
  await userEvent.type(screen.getByLabelText('E-mail address'), 'ada@example.com');
  await userEvent.type(screen.getByLabelText('Password'), 'wrong');
  await userEvent.click(screen.getByRole('button', { name: 'Log in' }));
  expect((await screen.findByRole('alert')).textContent).toContain('wrong');
  expect(screen.getByLabelText<HTMLInputElement>('E-mail address').value).toBe('ada@example.com');
});

test('whoever is logged in already goes on to where they wanted', async () => {
  const user = { id: '1', email: 'ada@example.com' } as NonNullable<Start['user']>;
  for (const [Screen, path] of [
    [LogIn, '/login'],
    [Register, '/register'],
  ] as const) {
    window.history.replaceState(null, '', `${path}?next=${encodeURIComponent('/account')}`);
    const { unmount } = show(<Screen />, { user });
    await waitFor(() => expect(window.location.pathname).toBe('/account'));
    expect(screen.queryByRole('button')).toBeNull();
    unmount();
  }
});

test('a set-up page says so where there is an administrator already', async () => {
  vi.stubGlobal('fetch', async () => Response.json({ open: false }));
  window.history.replaceState(null, '', '/setup#token=any');
  show(<Setup />);
  expect(screen.getByRole('button', { name: 'Become the administrator' })).toBeTruthy(); // until it is known
  expect(await screen.findByText(/has an administrator already/)).toBeTruthy();
  expect(screen.queryByRole('button', { name: 'Become the administrator' })).toBeNull();
});

test('where there are no accounts nobody becomes their administrator', async () => {
  const fetched = vi.fn();
  vi.stubGlobal('fetch', fetched);
  window.history.replaceState(null, '', '/setup#token=any');
  show(<Setup />, { open: true });
  await waitFor(() => expect(window.location.pathname).toBe('/'));
  expect(fetched).not.toHaveBeenCalled();
});

test('a closed server offers no account', () => {
  show(<LogIn />, { registrationOpen: false });
  expect(screen.queryByText('Create account')).toBeNull();
});
