import { expect, test } from 'vitest';
import type { Matter } from './calls';
import { checkOf, placeOf, toAct, toKnow } from './matters';

const matter = (kind: Matter['kind']): Matter => ({ kind, count: 1, since: null, about: '', owners: [] });

test('what only its owner can mend does not call for the administrator', () => {
  const all = [matter('ledger'), matter('suspended'), matter('waiting'), matter('deliveries')];
  expect(toAct(all).map(({ kind }) => kind)).toEqual(['ledger', 'waiting']);
  expect(toKnow(all).map(({ kind }) => kind)).toEqual(['suspended', 'deliveries']);
});

test('a matter leads to where it is seen to, if there is such a page', () => {
  expect(placeOf('undelivered')).toBe('/admin/payments?show=attention');
  expect(placeOf('ledger')).toBeUndefined();
});

test('a check is its name and what it found', () => {
  expect(checkOf('workers: no living worker serves mail: start one')).toEqual([
    'workers',
    'no living worker serves mail: start one',
  ]);
  expect(checkOf('odd')).toEqual(['odd', '']);
});
