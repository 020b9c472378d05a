import { expect, test } from 'vitest';
import { added, judged, looked, type Picked } from './picked';

const limits = { maxBytes: 10, maxPixels: 100, maxBatchImages: 3, maxBatchBytes: 24 };
const file = (name: string, size: number) => new File(['x'.repeat(size)], name, { lastModified: 5 });
const pick = (...files: File[]): Picked[] => added([], files).map((each) => ({ ...each, picture: true }));

test('what is there already is not added again, in one go neither', () => {
  const before = added([], [file('a', 1)]);
  expect(added(before, [file('a', 1), file('a', 2), file('a', 2)]).map((each) => each.file.size)).toEqual([
    2,
  ]);
});

test('too large, too many and too much together are told apart, and take no place of others', () => {
  const refusals = judged(
    pick(file('big', 11), file('b', 10), file('c', 10), file('d', 9), file('e', 4), file('f', 0)),
    limits,
  );
  expect(refusals.map(({ refusal }) => refusal)).toEqual([
    'FILE_TOO_LARGE',
    null,
    null,
    'BATCH_TOO_LARGE',
    null,
    'TOO_MANY',
  ]);
});

test('a text is no picture, and an empty file is called empty', async () => {
  const picked = added([], [file('notes.jpg', 5), file('empty.jpg', 0), new File(['\x89PNG\r\n'], 'a.png')]);
  const seen = await looked(picked);
  const told = judged(
    picked.map((each) => ({ ...each, picture: seen.get(each.key) ?? null })),
    limits,
  );
  expect(told.map(({ refusal }) => refusal)).toEqual(['INVALID_FILE_TYPE', 'EMPTY', 'INVALID_FILE_TYPE']);
});
