import { afterEach, expect, test, vi } from 'vitest';
import { api, idempotencyKey, once } from './client';
import { ApiError, Offline } from './errors';

afterEach(() => vi.unstubAllGlobals());

test('keys are made where a page is not encrypted', () => {
  vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) });
  const made = Array.from({ length: 50 }, idempotencyKey);
  expect(new Set(made).size).toBe(50);
  expect(made.every((key) => /^[0-9a-f]{32}$/.test(key))).toBe(true);
});

/** The keys that were sent, when it is asked for again after each of these ends. */
async function keysAfter(intent: string, ...ends: (Error | null)[]): Promise<string[]> {
  const keys: string[] = [];
  for (const end of ends) {
    const asked = once(intent, async (key) => {
      keys.push(key);
      if (end) throw end;
    });
    await asked.catch(() => undefined);
  }
  return keys;
}

test('what has no answer yet is asked for with the same key, and afterwards with another', async () => {
  const away = new ApiError(503, 'SERVICE_UNAVAILABLE', '');
  const still = new ApiError(409, 'IDEMPOTENCY_CONFLICT', '');
  const [first, ...others] = await keysAfter('buy', new Offline(), away, still, null, null);
  expect(others.slice(0, 3)).toEqual([first, first, first]);
  expect(others[3]).not.toBe(first);
  const [refused, next] = await keysAfter('buy', new ApiError(402, 'INSUFFICIENT_CREDITS', ''), null);
  expect(next).not.toBe(refused);
});

test('another wish has another key', async () => {
  const [one] = await keysAfter('buy one', new Offline());
  expect(await keysAfter('buy two', null)).not.toEqual([one]);
});

test('what was called off is asked for anew', async () => {
  const [first] = await keysAfter('declare', new Offline());
  vi.stubGlobal('fetch', async () => Response.json({}));
  await api.DELETE('/api/background-remover/batch/{batch_id}', { params: { path: { batch_id: 'b' } } });
  expect(await keysAfter('declare', null)).not.toEqual([first]);
});
