import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import type { Start } from '../../app/session';
import { answering } from '../../test/answers';
import { show } from '../../test/show';
import { Profile } from './Profile';

afterEach(() => {
  vi.unstubAllGlobals();
  localStorage.clear();
});

const user = {
  id: '1',
  name: 'Ayu',
  email: 'ayu@example.com',
  language: 'id',
  mailOptOut: true,
  createdAt: '2026-11-01T00:00:00Z',
} as NonNullable<Start['user']>;

test('the language is the account’s, whatever the page speaks, and saving a name changes neither', async () => {
  answering({ '/api/auth/profile': { user } });
  show(<Profile />, { user, mail: false });
  expect(screen.getByLabelText<HTMLSelectElement>('Language').value).toBe('id');
  expect(screen.queryByRole('checkbox')).toBeNull(); // of mails, which this server does not send
  await userEvent.type(screen.getByLabelText('Name'), ' Lestari');
  await userEvent.click(screen.getByRole('button', { name: 'Save' }));
  await screen.findByText('Saved');
  const [sent] = vi.mocked(fetch).mock.calls[0] as [Request];
  expect(await sent.json()).toEqual({ name: 'Ayu Lestari', language: 'id', mailOptOut: true });
  expect(localStorage.getItem('lumiku-language')).toBeNull();
  await userEvent.type(screen.getByLabelText('Name'), '!');
  await waitFor(() => expect(screen.queryByText('Saved')).toBeNull());
});
