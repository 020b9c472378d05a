import { expect, test } from 'vitest';
import { filesOfDrop } from './dropped';

type Entry = Partial<FileSystemFileEntry & FileSystemDirectoryEntry>;

const file = (name: string): Entry => ({
  name,
  isDirectory: false,
  file: (done: (file: File) => void) => done(new File(['x'], name)),
});
const unreadable = (name: string): Entry => ({
  name,
  isDirectory: false,
  file: (_: unknown, failed?: ErrorCallback) => failed?.(new DOMException('no', 'NotReadableError')),
});
const folder = (name: string, ...children: Entry[]): Entry => {
  const rest = [...children];
  // Two at a time, as a browser gives a hundred.
  const readEntries = (done: (some: FileSystemEntry[]) => void) =>
    done(rest.splice(0, 2) as FileSystemEntry[]);
  return { name, isDirectory: true, createReader: () => ({ readEntries }) };
};
const dropped = async (entries: Entry[], files: File[] = []) => {
  const items = entries.map((entry) => ({ webkitGetAsEntry: () => entry }));
  const found = await filesOfDrop({ items, files } as unknown as DataTransfer);
  return found.map(({ name }) => name);
};

test('all that lies in folders is found in the order of names, but for what the system put there', async () => {
  const shoes = folder('shoes', file('10.jpg'), file('9.jpg'), file('.hidden.jpg'), file('Thumbs.db'));
  expect(await dropped([file('z.jpg'), folder('shop', file('hat.jpg'), shoes, file('cap.jpg'))])).toEqual([
    'cap.jpg',
    'hat.jpg',
    '9.jpg',
    '10.jpg',
    'z.jpg',
  ]);
});

test('what cannot be read is left out; where nothing can, the plain files are handed on', async () => {
  const plain = [new File(['x'], 'plain.jpg'), new File(['x'], '.hidden')];
  expect(await dropped([unreadable('a.jpg'), file('b.jpg')], plain)).toEqual(['b.jpg']);
  expect(await dropped([unreadable('a.jpg')], plain)).toEqual(['plain.jpg']);
  expect(await dropped([], plain)).toEqual(['plain.jpg']);
});
