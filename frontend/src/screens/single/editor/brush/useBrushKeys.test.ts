import { expect, test } from 'vitest';
import { larger, SIZE, smaller } from './useBrushKeys';

test('keys change the size by a share of it, always by something, and never beyond its ends', () => {
  expect([larger(20), smaller(25)]).toEqual([25, 20]);
  expect([larger(2), smaller(3)]).toEqual([3, 2]);
  expect([larger(SIZE.most), smaller(SIZE.least)]).toEqual([SIZE.most, SIZE.least]);
});
