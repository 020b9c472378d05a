import { afterEach, expect, test } from 'vitest';
import { ApiError, Offline } from '../../../api/errors';
import { fateOf, isOf, recall, remember } from './remembered';

const HOUR_MS = 3600 * 1000;

afterEach(() => sessionStorage.clear());

test('an intent outlives what may still be answered, and nothing else', () => {
  const refused = (status: number, code: string) => new ApiError(status, code, '');
  expect(fateOf(new Offline())).toBe('heals');
  expect(fateOf(refused(409, 'IDEMPOTENCY_CONFLICT'))).toBe('soon');
  expect(fateOf(refused(503, 'SERVICE_UNAVAILABLE'))).toBe('kept');
  expect(fateOf(refused(429, 'RATE_LIMITED'))).toBe('kept');
  expect(fateOf(refused(401, 'UNAUTHORIZED'))).toBe('kept');
  expect(fateOf(refused(402, 'INSUFFICIENT_CREDITS'))).toBe('over');
  expect(fateOf(refused(422, 'INVALID_IMAGE'))).toBe('over');
  expect(fateOf(new Error('ours'))).toBe('over');
});

test('it is of one person, for less than a day', () => {
  const ada = { owner: 'ada', at: 0 };
  expect(isOf(ada, 'ada', 19 * HOUR_MS)).toBe(true);
  expect(isOf(ada, 'ada', 21 * HOUR_MS)).toBe(false);
  expect(isOf(ada, 'budi', 0)).toBe(false);
});

test('a browser that keeps no files is one that remembers nothing', async () => {
  const file = new File(['x'], 'a.png');
  await remember({ key: 'k', owner: 'ada', tier: 'basic', file, of: null, at: 0 });
  expect(await recall('ada', 0)).toBeNull();
});
