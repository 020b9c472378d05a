import { expect, test } from 'vitest';
import type { LiveEvent } from '../../../live/events';
import type { Batch, BatchState, Item } from '../calls';
import { followed, saysLess } from './useItems';

const item = (id: string, status: Item['status']) => ({ id, status }) as Item;
const batch = (changed: Partial<Batch> = {}) =>
  ({ id: 'b', started: true, status: 'processing', ...changed }) as Batch;
const told = (changed: Partial<Batch>): LiveEvent => ({ kind: 'batch', batch: batch(changed) });
const state: BatchState = { batch: batch(), items: [item('1', 'completed'), item('2', 'pending')] };

test('a batch cancelled elsewhere is read again, since what was cancelled with it is not told', () => {
  expect(saysLess(state, told({ status: 'cancelled' }))).toBe(true);
  expect(saysLess(state, told({}))).toBe(false);
  expect(saysLess(state, told({ id: 'c', status: 'cancelled' }))).toBe(false);
  const done = { ...state, items: [item('1', 'completed'), item('2', 'failed')] };
  expect(saysLess(done, told({ status: 'partial' }))).toBe(false); // each was told
});

test('a batch started elsewhere is read again: what had no file was left out', () => {
  const before = { ...state, batch: batch({ started: false, status: 'pending' }) };
  expect(saysLess(before, told({ status: 'pending' }))).toBe(true);
});

test('a batch deleted elsewhere is asked for again, a picture of it that was deleted is taken out', () => {
  expect(saysLess(state, { kind: 'gone', ids: ['b'] })).toBe(true);
  expect(saysLess(state, { kind: 'gone', ids: ['2'] })).toBe(false);
  expect(followed(state, { kind: 'gone', ids: ['2'] }).items).toEqual([item('1', 'completed')]);
  expect(followed(state, { kind: 'gone', ids: ['c'] })).toBe(state);
});
