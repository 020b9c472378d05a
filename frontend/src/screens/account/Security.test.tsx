import { screen } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { answering } from '../../test/answers';
import { show } from '../../test/show';
import { Security } from './Security';

afterEach(() => vi.unstubAllGlobals());

test('of several sessions it is told which is this one', async () => {
  const at = '2026-11-01T00:00:00Z';
  const session = { kind: 'cookie', userAgent: '', address: null, createdAt: at, lastUsedAt: at };
  const sessions = [
    { ...session, id: '1', current: false },
    { ...session, id: '2', current: true },
  ];
  answering({ '/api/auth/sessions': { sessions } });
  show(<Security />);
  const lines = await screen.findAllByRole('listitem');
  expect(lines.map(({ textContent }) => textContent?.includes('this one'))).toEqual([false, true]);
});
