import { expect, test } from 'vitest';
import { rateOf, type Sample, sampled, secondsLeft, wayOf } from './pace';

function after(...told: [at: number, done: number][]): Sample[] {
  return told.reduce<Sample[]>((samples, [at, done]) => sampled(samples, { at, done }), []);
}

test('a steady pace gives what is left', () => {
  const samples = after([0, 0], [1000, 2], [2000, 4], [3000, 6]);
  const rate = rateOf(samples, 3000);
  expect(rate).toBeCloseTo(2);
  expect(secondsLeft(10, rate)).toBeCloseTo(5);
});

test('nothing is said while too little is known, or nothing moves', () => {
  expect(rateOf(after([0, 0], [100, 5]), 100)).toBeNull();
  expect(rateOf(after([0, 3], [9000, 3]), 9000)).toBeNull();
  expect(secondsLeft(5, null)).toBeNull();
});

test('what stands still gets slower, and the distant past is forgotten', () => {
  const samples = after([0, 0], [2000, 100]);
  expect(rateOf(samples, 10_000)).toBeCloseTo(10);
  const later = after([0, 0], [1000, 1000], [60_000, 1001], [70_000, 1011], [82_000, 1023]);
  expect(rateOf(later, 82_000)).toBeLessThan(2);
});

test('what is tried again begins anew', () => {
  expect(after([0, 5], [1000, 3])).toEqual([{ at: 1000, done: 3 }]);
});

test('the way has two parts and no more than all of it', () => {
  expect(wayOf(0, 0)).toBe(0);
  expect(wayOf(1, 0)).toBeCloseTo(0.3);
  expect(wayOf(1, 1)).toBe(1);
  expect(wayOf(2, Number.NaN)).toBeCloseTo(0.3);
});
