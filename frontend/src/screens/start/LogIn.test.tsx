import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import { show } from '../../test/show';
import LogIn from './LogIn';

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

test('a closed server offers no account', () => {
  show(<LogIn />, { registrationOpen: false });
  expect(screen.queryByText('Create account')).toBeNull();
});
