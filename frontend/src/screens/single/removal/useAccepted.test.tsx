import { act, waitFor } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { show } from '../../../test/show';
import { useAccepted } from './useAccepted';

vi.mock('../../../ui/toasts', () => ({
  toast: { good: () => undefined, bad: (said: string) => told.push(said) },
}));
const told = vi.hoisted(() => [] as string[]);

let accept: (files: File[]) => void = () => undefined;
const taken: File[] = [];

function Screen() {
  accept = useAccepted((file) => taken.push(file));
  return null;
}

function accepting() {
  show(<Screen />);
  return async (file: File) => act(async () => accept([file]));
}

test('a folder, or a file that is gone, is not sent, and it says so', async () => {
  const hand = accepting();
  const folder = new File([], 'holiday');
  folder.slice = () =>
    ({ arrayBuffer: () => Promise.reject(new DOMException('', 'NotFoundError')) }) as never;
  await hand(folder);
  await waitFor(() => expect(told.join()).toContain('folder'));
  expect(taken).toEqual([]);
  await hand(new File(['x'], 'a.png'));
  await waitFor(() => expect(taken).toHaveLength(1));
});
