import { expect, test } from 'vitest';
import { batchQueryOf, filtersOf, NONE, narrowing, queryOf, searchOf } from './filters';

test('an address brings back what it was made of, and says nothing of what is usual', () => {
  const filters = {
    ...NONE,
    status: 'failed',
    tier: 'basic',
    from: '2026-11-01',
    sort: 'name',
    page: 3,
  } as const;
  expect(filtersOf(searchOf(filters))).toEqual(filters);
  expect(searchOf(NONE)).toBe('');
});

test('what cannot be is as if it were not there', () => {
  expect(
    filtersOf('?status=nice&tier=gold&from=yesterday&to=2026-99-99&sort=size&page=-4&kind=both'),
  ).toEqual(NONE);
});

test('days are whole days where the person is', () => {
  const query = queryOf({ ...NONE, from: '2026-11-30', to: '2026-11-30' });
  expect(new Date(query.from as string).getTime()).toBe(new Date(2026, 10, 30).getTime());
  expect(new Date(query.to as string).getTime()).toBe(new Date(2026, 11, 1).getTime());
});

test('the API is asked for nothing that was not chosen', () => {
  expect(queryOf(NONE)).toEqual({ page: 1, limit: 20, sort: '-createdAt' });
  expect(queryOf({ ...NONE, kind: 'batch' })).toMatchObject({ type: 'batch' });
});

test('batches have a status of their own, and come from nowhere', () => {
  const found = filtersOf('?show=batches&status=partial&kind=single&tier=basic');
  expect(found).toEqual({ ...NONE, show: 'batches', status: 'partial', tier: 'basic' });
  expect(batchQueryOf(found)).toEqual({
    page: 1,
    limit: 20,
    sort: '-createdAt',
    status: 'partial',
    tier: 'basic',
  });
  expect(filtersOf('?status=partial').status).toBe('');
});

test('order and page narrow nothing', () => {
  expect(narrowing({ ...NONE, sort: 'name', page: 2 })).toBe(0);
  expect(narrowing({ ...NONE, status: 'failed', to: '2026-11-30' })).toBe(2);
});
