import { expect, test } from 'vitest';
import { rowsOfDraft } from '../list/rowView';
import { filesOfDrop, pathOf } from './dropped';
import { added } from './picked';

type Entry = Partial<FileSystemFileEntry & FileSystemDirectoryEntry>;

const file = (name: string, fullPath = `/${name}`): Entry => ({
  name,
  fullPath,
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
const all = (entries: Entry[], files: File[] = []) => {
  const items = entries.map((entry) => ({ webkitGetAsEntry: () => entry }));
  return filesOfDrop({ items, files } as unknown as DataTransfer);
};
const dropped = async (entries: Entry[], files: File[] = []) =>
  (await all(entries, files)).map(({ name }) => name);

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

test('files of one name in two folders are two files, and say where they lay', async () => {
  const entries = ['red', 'blue'].map((each) => folder(each, file('1.jpg', `/shoes/${each}/1.jpg`)));
  const files = await all([folder('shoes', ...entries), file('1.jpg')]);
  const same = files.map((each) => Object.defineProperty(each, 'lastModified', { value: 0 }));
  expect(same.map(pathOf)).toEqual(['1.jpg', 'shoes/blue/1.jpg', 'shoes/red/1.jpg']);
  const picked = added([], [...same, ...same]);
  const rows = rowsOfDraft(picked.map((each) => ({ ...each, refusal: null })));
  expect(rows.map(({ name, folder: place }) => [name, place])).toEqual([
    ['1.jpg', ''],
    ['1.jpg', 'shoes/blue'],
    ['1.jpg', 'shoes/red'],
  ]);
});
