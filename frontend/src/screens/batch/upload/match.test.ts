import { expect, test } from 'vitest';
import { matched } from './match';

const wanted = (position: number, name: string, size: number | null) => ({
  ...{ position, name, size },
  wants: true,
});
const sent = (position: number, name: string, size: number | null) => ({
  ...wanted(position, name, size),
  wants: false,
});

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

test('where another browser sent some, those picked again are not taken for the others', () => {
  const [first, second, third] = [2041, 3284, 2041].map((size) => ({ name: 'a', size })) as [
    File,
    File,
    File,
  ];
  const files = [first, second, third];
  // The whole folder: each place has its own, also where sizes are equal.
  expect([...matched([sent(0, 'a', 2041), wanted(1, 'a', null), wanted(2, 'a', null)], files)]).toEqual([
    [1, second],
    [2, third],
  ]);
  expect([...matched([wanted(0, 'a', null), sent(1, 'a', 3284), sent(2, 'a', 2041)], files)]).toEqual([
    [0, third], // of two equal ones either
  ]);
  // Only some of it: what has arrived is left out, and so is what may have.
  expect([...matched([sent(0, 'a', 2041), wanted(1, 'a', null)], [second])]).toEqual([[1, second]]);
  expect(matched([sent(0, 'a', 2041), wanted(1, 'a', null)], [first]).size).toBe(0);
});

test('where this browser knows where they lay, equal files go back to their places', () => {
  const places = ['x/a', 'y/a', 'z/a'].map((path, position) => ({ ...wanted(position, 'a', 7), path }));
  const files = ['z/a', 'y/a'].map((path) => ({ name: 'a', size: 7, webkitRelativePath: path }));
  const arrived = places.map((place) => ({ ...place, wants: place.position !== 1 }));
  expect([...matched(arrived, files)]).toEqual([[2, files[0]]]);
});
