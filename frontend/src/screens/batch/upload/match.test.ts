import { expect, test } from 'vitest';
import { matched } from './match';

const wanted = (position: number, name: string, size: number | null) => ({ position, name, size });

test('files come back to their places, whatever their order, and strangers to none', () => {
  const files = [
    { name: 'b', size: 2 },
    { name: 'x', size: 9 },
    { name: 'a', size: 1 },
  ];
  const found = matched([wanted(4, 'a', 1), wanted(7, 'b', 2), wanted(8, 'c', 3)], files);
  expect([...found]).toEqual([
    [4, files[2]],
    [7, files[0]],
  ]);
});

test('the same name in two folders is told apart by size, and a changed file is not taken', () => {
  const files = [
    { name: 'a', size: 2 },
    { name: 'a', size: 1 },
  ];
  const found = matched([wanted(0, 'a', 1), wanted(1, 'a', 2), wanted(2, 'a', 3)], files);
  expect(found.get(0)?.size).toBe(1);
  expect(found.get(1)?.size).toBe(2);
  expect(found.has(2)).toBe(false);
});

test('equal files serve two places once each, and a place of unknown size takes what is left', () => {
  const files = [
    { name: 'a', size: 1 },
    { name: 'a', size: 1 },
  ];
  expect(matched([wanted(0, 'a', null), wanted(1, 'a', 1), wanted(2, 'a', 1)], files).size).toBe(2);
  expect(matched([wanted(0, 'a', null), wanted(1, 'a', 1)], files.slice(0, 1)).has(1)).toBe(true);
});
