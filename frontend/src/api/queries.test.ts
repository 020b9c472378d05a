import { MutationObserver, onlineManager } from '@tanstack/react-query';
import { afterEach, expect, test, vi } from 'vitest';
import { connection } from '../live/connection';
import { ApiError, Offline } from './errors';
import { queries } from './queries';

afterEach(() => {
  vi.useRealTimers();
  onlineManager.setOnline(true);
  queries.clear();
  connection.found();
});

const answered = (meta = {}) =>
  queries.fetchQuery({ queryKey: ['a'], queryFn: async () => 'told', staleTime: 0, meta });

test('no answer means that the connection is lost, and an answer that it is back', async () => {
  const asked = queries.fetchQuery({
    queryKey: ['b'],
    queryFn: () => Promise.reject(new Offline()),
    retry: 0,
  });
  await expect(asked).rejects.toBeInstanceOf(Offline);
  expect(connection.isLost).toBe(true);
  await answered();
  expect(connection.isLost).toBe(false);
});

test('what the page itself knows, or asks to be read again, is no answer', async () => {
  await answered();
  connection.lost();
  queries.setQueryData(['a'], 'known');
  await queries.invalidateQueries({ queryKey: ['a'] });
  await answered({ local: true });
  expect(connection.isLost).toBe(true);
});

test('what failed once and waits for its next try says nothing more: the connection heals once', async () => {
  vi.useFakeTimers();
  const healed = vi.fn();
  const stop = connection.onHealed(healed);
  const ask = vi.fn(() => Promise.reject(new Offline()));
  queries.fetchQuery({ queryKey: ['b'], queryFn: ask, retry: 1, retryDelay: 60_000 }).catch(() => undefined);
  await vi.advanceTimersByTimeAsync(1);
  expect(connection.isLost).toBe(true);
  for (let turn = 0; turn < 20; turn += 1) {
    connection.found();
    await queries.invalidateQueries({ queryKey: ['b'] }, { cancelRefetch: false });
    await answered();
  }
  expect([healed.mock.calls.length, ask.mock.calls.length]).toEqual([1, 1]);
  stop();
});

test('what was asked for too often is asked for again, and not before it was told to', async () => {
  vi.useFakeTimers();
  const busy = new ApiError(429, 'RATE_LIMIT_EXCEEDED', '', {}, '', 20);
  const ask = vi.fn().mockRejectedValueOnce(busy).mockResolvedValue('told');
  const asked = queries.fetchQuery({
    queryKey: ['c'],
    queryFn: ask,
    retry: queries.getDefaultOptions().queries?.retry,
  });
  await vi.advanceTimersByTimeAsync(19_000);
  expect(ask).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(7000);
  expect(await asked).toBe('told');
});

test('a browser that calls itself offline asks the server all the same', async () => {
  onlineManager.setOnline(false);
  expect(await answered()).toBe('told');
});

test('a change that finds no server fails at once, and is not sent when the line is back', async () => {
  onlineManager.setOnline(false);
  const ask = vi.fn(() => Promise.reject(new Offline()));
  const change = new MutationObserver(queries, { mutationFn: ask });
  await expect(change.mutate()).rejects.toBeInstanceOf(Offline);
  onlineManager.setOnline(true);
  await queries.resumePausedMutations();
  expect(ask).toHaveBeenCalledOnce();
});
