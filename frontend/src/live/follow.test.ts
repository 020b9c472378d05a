import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Schemas } from '../api/client';
import { queries } from '../api/queries';
import { follow, readAgain } from './useLive';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  queries.clear();
  vi.useRealTimers();
});

const job = (id: string, batchId: string | null, status = 'completed') =>
  queries.setQueryData(['job', id], { id, batchId, status } as Schemas['JobBody']);
const stale = (...ids: string[]) => ids.filter((id) => queries.getQueryState(['job', id])?.isInvalidated);

test('a picture that was deleted, by itself or with its batch, is asked for again', () => {
  job('1', null);
  job('2', 'b');
  job('3', null);
  follow({ kind: 'gone', ids: ['1', 'b'] });
  expect(stale('1', '2', '3')).toEqual(['1', '2']);
});

test('what was cancelled with its batch is asked for again, what had come out is not', () => {
  job('1', 'b', 'processing');
  job('2', 'b');
  const batch = (completedAt: string | null) => ({ id: 'b', completedAt }) as Schemas['BatchBody'];
  follow({ kind: 'batch', batch: batch(null) });
  expect(stale('1', '2')).toEqual([]);
  follow({ kind: 'batch', batch: batch('2026-11-29T02:00:00Z') });
  expect(stale('1', '2')).toEqual(['1']);
});

test('however often it is told that there is more, it is read once in a while', () => {
  const reads = vi.spyOn(queries, 'invalidateQueries');
  for (let turn = 0; turn < 50; turn += 1) {
    readAgain('items', 'b');
    vi.advanceTimersByTime(100);
  }
  expect(reads.mock.calls.length).toBeLessThanOrEqual(3);
  expect(reads).toHaveBeenCalledWith({ queryKey: ['items', 'b'] });
});
