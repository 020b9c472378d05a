import { expect, test } from 'vitest';
import { closer, WHOLE, within } from './view';

const AREA = { clientWidth: 400, clientHeight: 300 };

test('what is under the fingers stays under them', () => {
  const at = { x: 100, y: -50 };
  const near = closer(WHOLE, 3, at);
  // The point of the picture that was at `at` before: itself, for nothing was moved.
  expect([near.x + at.x * near.level, near.y + at.y * near.level]).toEqual([at.x, at.y]);
  expect(closer(near, 1 / 3, at)).toEqual(WHOLE);
});

test('neither nearer than eight times, nor further than whole, nor beyond the edges', () => {
  expect(closer(WHOLE, 100, { x: 0, y: 0 }).level).toBe(8);
  expect(within(closer({ level: 2, x: 90, y: 0 }, 0.1, { x: 0, y: 0 }), AREA)).toEqual(WHOLE);
  expect(within({ level: 2, x: 900, y: -900 }, AREA)).toEqual({ level: 2, x: 200, y: -150 });
});
