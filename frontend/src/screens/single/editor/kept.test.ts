import { beforeEach, expect, test, vi } from 'vitest';
import { add, EMPTY, undo } from './brush/strokes';
import { UNTOUCHED } from './edits';
import { type Kept, keep, recallWork, UNBEGUN } from './kept';

const records = vi.hoisted(() => new Map<string, Kept>());
const puts = vi.hoisted(() => vi.fn());

vi.mock('../../../app/browserStore', () => ({
  browserStore: () => async (_: string, __: string, act: (store: unknown) => unknown) =>
    act({
      put: (kept: Kept) => {
        puts();
        records.set(kept.job, kept);
      },
      delete: (job: string) => records.delete(job),
      clear: () => records.clear(),
      getAll: () => [...records.values()],
    }),
}));

const DAY_MS = 24 * 3600 * 1000;
const strokes = undo(
  add(add(EMPTY, { mode: 'keep', radius: 1, points: [] }), { mode: 'erase', radius: 2, points: [] }),
);
const kept: Kept = {
  job: 'a',
  owner: 'ada',
  version: 'v1',
  at: 0,
  edits: { ...UNTOUCHED, crop: true },
  strokes,
  brushing: true,
};
const of = { job: 'a', owner: 'ada', version: 'v1' };

beforeEach(() => records.clear());

test('work on a picture is there again as it was left, with what can be taken back', async () => {
  keep(kept);
  expect(await recallWork(of, DAY_MS)).toEqual({ edits: kept.edits, strokes, brushing: true });
  expect(await recallWork({ ...of, job: 'b' }, DAY_MS)).toEqual(UNBEGUN);
});

test('it is of one person, for some days', async () => {
  keep(kept);
  expect(await recallWork({ ...of, owner: 'budi' }, DAY_MS)).toEqual(UNBEGUN);
  expect(records.size).toBe(1);
  expect(await recallWork(of, 4 * DAY_MS)).toEqual(UNBEGUN);
  expect(records.size).toBe(0);
});

test('strokes over a matte that is another by now are gone, and nothing else is', async () => {
  keep(kept);
  expect(await recallWork({ ...of, version: 'v2' }, 0)).toEqual({ ...UNBEGUN, edits: kept.edits });
});

test('what is saved or undone is not kept', async () => {
  keep(kept);
  await recallWork(of, 0);
  expect(records.size).toBe(1);
  keep({ ...kept, ...UNBEGUN });
  await recallWork(of, 0);
  expect(records.size).toBe(0);
});

test('of many changes at once the last is kept, and few are written', async () => {
  puts.mockClear();
  for (let margin = 0; margin < 50; margin += 1) keep({ ...kept, edits: { ...kept.edits, margin } });
  expect((await recallWork(of, 0)).edits.margin).toBe(49);
  expect(puts.mock.calls.length).toBeLessThan(5);
});
