import { expect, test } from 'vitest';
import { kindOf, sniff } from './sniff';

const bytes = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

test.each([
  ['jpeg', '\xff\xd8\xff\xe0\x00\x10JFIF'],
  ['png', '\x89PNG\r\n\x1a\n'],
  ['webp', 'RIFF\x10\x00\x00\x00WEBPVP8 '],
  ['avif', '\x00\x00\x00\x1cftypavif'],
  ['heif', '\x00\x00\x00\x18ftypheic'],
  ['tiff', 'MM\x00*\x00\x00'],
  ['tiff', 'II*\x00'],
])('%s is known by its beginning', (name, text) => {
  expect(kindOf(bytes(text))?.name).toBe(name);
});

test.each(['hello', 'RIFF\x10\x00\x00\x00WAVE', '\x00\x00\x00\x18ftypisom', '%PDF-1.7', ''])(
  '%j is no picture',
  (text) => {
    expect(kindOf(bytes(text))).toBeNull();
  },
);

test('a rare format goes by its name, a renamed text does not', async () => {
  expect(await sniff(new File(['8BPS'], 'a.psd'))).toEqual({ name: 'rare', shown: false });
  expect(await sniff(new File(['hello'], 'a.jpg'))).toBeNull();
});
