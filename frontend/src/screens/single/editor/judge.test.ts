import { expect, test } from 'vitest';
import { START } from '../../../test/show';
import { judge } from './judge';

const limits = { ...START.limits, maxBytes: 100, maxPixels: 1000 };
const JPEG = [0xff, 0xd8, 0xff, 0xe0];
const HEIC = [0, 0, 0, 24, ...new TextEncoder().encode('ftypheic')];
const verdict = (bytes: number[], measure = async () => 1000) =>
  judge(new File([new Uint8Array(bytes)], 'sea.jpg'), limits, measure);
const torn = () => Promise.reject(new DOMException('', 'EncodingError'));

test('a background is looked at before it is taken', async () => {
  expect(await verdict(JPEG)).toEqual({ refused: null, unseen: false });
  expect(await verdict([])).toEqual({ refused: 'EMPTY_FILE' });
  expect(await verdict([...JPEG, ...Array(97).fill(0)])).toEqual({ refused: 'FILE_TOO_LARGE' });
  expect(await verdict([...new TextEncoder().encode('<svg></svg>')])).toEqual({
    refused: 'INVALID_FILE_TYPE',
  });
  expect(await verdict(JPEG, async () => 1001)).toEqual({ refused: 'IMAGE_TOO_LARGE' });
  expect(await verdict(JPEG, torn)).toEqual({ refused: 'UNREADABLE_IMAGE' });
});

test('what this browser cannot show is left to the server', async () => {
  expect(await verdict(HEIC, torn)).toEqual({ refused: null, unseen: true });
});
