import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ended, failed, firstOf, forgetEnded } from './recent';
import type { Intent } from './remembered';

let made: string[] = [];
beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  for (const key of made) failed(key);
  made = [];
  vi.useRealTimers();
});

function intent(bytes: string, more: Partial<Intent> = {}): Intent {
  const key = `key ${made.length}`;
  made.push(key);
  // A paste makes a new file each time, with a new date.
  const file = new File([bytes], 'image.png', { lastModified: made.length });
  return { key, owner: 'ada', tier: 'basic', file, of: null, at: 0, ...more };
}

test('a picture that is pasted six times at once is handed in once', async () => {
  const pasted = Array.from({ length: 6 }, () => intent('cat'));
  const found = await Promise.all(pasted.map(firstOf));
  expect(new Set(found)).toEqual(new Set([pasted[0]]));
});

test('another picture, tier or person is another wish', async () => {
  const others = [
    intent('cat'),
    intent('dog'),
    intent('cat', { tier: 'industry' }),
    intent('cat', { owner: 'budi' }),
  ];
  expect(await Promise.all(others.map(firstOf))).toEqual(others);
});

test('what came out is the same for some seconds, or until a new picture is asked for', async () => {
  const first = await firstOf(intent('cat'));
  const then = vi.fn();
  ended(first.key, then);
  expect(await firstOf(intent('cat'))).toBe(first);
  vi.advanceTimersByTime(10_000);
  expect(then).toHaveBeenCalledOnce();
  const second = intent('cat');
  expect(await firstOf(second)).toBe(second);
  ended(second.key, then);
  forgetEnded();
  const third = intent('cat');
  expect(await firstOf(third)).toBe(third);
});

test('what was refused may be handed in again', async () => {
  const first = await firstOf(intent('cat'));
  failed(first.key);
  const again = intent('cat');
  expect(await firstOf(again)).toBe(again);
});
