import { expect, test } from 'vitest';
import { filesAndFolders } from './useDrop';

const held = (name: string, isDirectory: boolean) => ({
  file: new File([''], name),
  item: { kind: 'file', webkitGetAsEntry: () => ({ isDirectory }) },
});

test('a folder, which passes for a file, is told from one', () => {
  const all = [held('shop', true), held('cat.jpg', false)];
  const transfer = { files: all.map(({ file }) => file), items: all.map(({ item }) => item) };
  const { files, folders } = filesAndFolders(transfer as unknown as DataTransfer);
  expect([files.map(({ name }) => name), folders]).toEqual([['cat.jpg'], true]);
  expect(filesAndFolders(null)).toEqual({ files: [], folders: false });
});
