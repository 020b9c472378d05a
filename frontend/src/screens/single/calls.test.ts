import { afterEach, expect, test, vi } from 'vitest';
import { FileGone, Offline } from '../../api/errors';
import { remove } from './calls';
import { fateOf } from './removal/remembered';
import { pauseAfter } from './removal/useRemoval';

afterEach(() => vi.unstubAllGlobals());

const asked = (file: File) => remove({ key: 'k', tier: 'basic', file }).catch((error: unknown) => error);

test('a file that cannot be read is no lost connection, and is not sent again', async () => {
  vi.stubGlobal('fetch', async () => Promise.reject(new TypeError('Failed to fetch')));
  expect(await asked(new File(['x'], 'a.png'))).toBeInstanceOf(Offline);
  const folder = new File(['x'], 'holiday');
  folder.slice = () =>
    ({ arrayBuffer: () => Promise.reject(new DOMException('', 'NotFoundError')) }) as never;
  const gone = await asked(folder);
  expect(gone).toBeInstanceOf(FileGone);
  expect(fateOf(gone)).toBe('over');
});

test('what alone gets no answer is asked later and later', () => {
  expect([0, 1, 2, 3, 9].map(pauseAfter)).toEqual([0, 1000, 2000, 4000, 30_000]);
});
