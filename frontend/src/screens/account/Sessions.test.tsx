import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import { queries } from '../../api/queries';
import { answering } from '../../test/answers';
import { show } from '../../test/show';
import { Sessions } from './Sessions';

afterEach(() => vi.unstubAllGlobals());

test('of several sessions it is told which is this one, and any other can be ended', async () => {
  const at = '2026-11-01T00:00:00Z';
  const session = { kind: 'cookie', userAgent: '', address: null, createdAt: at, lastUsedAt: at };
  const sessions = [
    { ...session, id: '1', current: false },
    { ...session, id: '2', current: true },
  ];
  const answers = answering({
    '/api/auth/sessions': { sessions },
    '/api/auth/sessions/1': { success: true },
  });
  show(<Sessions />, {}, queries);
  const lines = await screen.findAllByRole('listitem');
  expect(lines.map(({ textContent }) => textContent?.includes('this one'))).toEqual([false, true]);
  answers['/api/auth/sessions'] = { sessions: sessions.slice(1) };
  await userEvent.click(screen.getByRole('button', { name: 'End the session: Browser' }));
  await waitFor(() => expect(screen.getAllByRole('listitem')).toHaveLength(1));
  expect(screen.queryByRole('button')).toBeNull();
});
