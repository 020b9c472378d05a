import { screen } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { answering } from '../../test/answers';
import { show } from '../../test/show';
import { Deliveries } from './Deliveries';

afterEach(() => vi.unstubAllGlobals());

test('why it did not arrive is said in the page’s words, once', async () => {
  const failed = { type: 'webhook.test', status: 'failed', attempts: 1, createdAt: '2026-11-01T00:00:00Z' };
  const said = 'The words of the server.';
  const deliveries = [
    { ...failed, id: '1', lastStatus: 404, lastError: said, lastReason: 'refused' },
    { ...failed, id: '2', lastStatus: 302, lastError: said, lastReason: 'redirect' },
    { ...failed, id: '3', lastStatus: null, lastError: said, lastReason: 'timeout' },
    { ...failed, id: '4', lastStatus: null, lastError: said, lastReason: null }, // from before there were reasons
  ];
  const pagination = { page: 1, limit: 10, total: 4, pages: 1 };
  answering({ '/api/webhooks/hook/deliveries': { deliveries, pagination } });
  show(<Deliveries id="hook" />);
  const lines = (await screen.findAllByRole('listitem')).map(({ textContent }) => textContent);
  expect(lines[0]).toMatch(/answer 404$/);
  expect(lines[1]).toMatch(/answer 302 · it leads elsewhere, which is not followed$/);
  expect(lines[2]).toMatch(/attempt 1 · no answer in time$/);
  expect(lines[3]).toMatch(/attempt 1 · The words of the server\.$/);
});
