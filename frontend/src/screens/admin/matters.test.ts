import { expect, test } from 'vitest';
import type { Matter } from './calls';
import { factsOf, placeOf, toAct, toKnow } from './matters';

const matter = (kind: Matter['kind']): Matter => ({
  kind,
  count: 1,
  since: null,
  about: '',
  check: null,
  owners: [],
});

test('what only its owner can mend does not call for the administrator', () => {
  const all = [matter('ledger'), matter('suspended'), matter('waiting'), matter('deliveries')];
  expect(toAct(all).map(({ kind }) => kind)).toEqual(['ledger', 'waiting']);
  expect(toKnow(all).map(({ kind }) => kind)).toEqual(['suspended', 'deliveries']);
});

test('a matter leads to where it is seen to, if there is such a page', () => {
  expect(placeOf('undelivered')).toBe('/admin/payments?show=attention');
  expect(placeOf('ledger')).toBeUndefined();
});

test('what a check found is told in words of the page', () => {
  const facts = { queues: ['mail', 'cleanup'], leastMiB: 1256, why: 'disk quota exceeded' };
  const number = (value: number) => value.toLocaleString('id');
  expect(factsOf(facts, number, (name) => ({ mail: 'Email' })[name] ?? name)).toEqual({
    queues: 'Email, cleanup',
    leastMiB: '1.256',
    why: 'disk quota exceeded',
  });
});
