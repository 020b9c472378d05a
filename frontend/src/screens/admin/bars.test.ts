import { expect, test } from 'vitest';
import { barsOf, sumOf } from './bars';

test('the highest bar fills the chart, the others stand in proportion', () => {
  const [low, high] = barsOf([1, 4], 100, 40);
  expect(high).toMatchObject({ y: 0, height: 40 });
  expect(low).toMatchObject({ y: 30, height: 10 });
  expect((low?.x ?? 0) + (low?.width ?? 0)).toBeLessThan(high?.x ?? 0);
});

test('a little is still seen, nothing is not, and no days make no bars', () => {
  expect(barsOf([1, 100_000], 10, 40)[0]?.height).toBe(1);
  expect(barsOf([0, 0], 10, 40).map((bar) => bar.height)).toEqual([0, 0]);
  expect(barsOf([], 10, 40)).toEqual([]);
});

test('sums', () => {
  expect(sumOf({ a: 1, b: 2 })).toBe(3);
  expect(sumOf({})).toBe(0);
});
