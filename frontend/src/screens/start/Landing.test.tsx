import { act, screen, waitFor } from '@testing-library/react';
import { beforeEach, expect, test, vi } from 'vitest';
import { show } from '../../test/show';
import { Landing } from './Landing';
import { PendingPicture } from './PendingPicture';
import { keepPending, takeAllPending, takePending } from './pending';

vi.mock('../../ui/toasts', () => ({ toast: { bad: (said: string) => told.push(said) } }));
const told = vi.hoisted(() => [] as string[]);
const JPEG = '\xff\xd8\xff\xe0';

beforeEach(() => {
  told.length = 0;
  keepPending([]);
  window.history.replaceState(null, '', '/');
});

async function letGo(...files: [name: string, begins: string][]) {
  vi.stubGlobal('fetch', async () => Response.json({ pricing: { tiers: [], discounts: [] } }));
  show(<Landing />);
  const held = files.map(
    ([name, begins]) => new File([Uint8Array.from(begins, (c) => c.charCodeAt(0))], name),
  );
  const dataTransfer = { types: ['Files'], files: held, items: [] };
  await act(async () => void window.dispatchEvent(Object.assign(new Event('drop'), { dataTransfer })));
}

test.each([
  ['an empty file', 'empty.jpg', '', 'The file is empty'],
  ['what is no picture', 'letter.pdf', '%PDF-1.4', 'not a picture'],
])('%s is refused before anybody makes an account for it', async (_, name, begins, said) => {
  await letGo([name, begins]);
  await waitFor(() => expect(told.join()).toContain(said));
  expect([window.location.pathname, takeAllPending().length]).toEqual(['/', 0]);
});

test('of several pictures all wait, and go to Batch', async () => {
  await letGo(['one.jpg', JPEG], ['two.jpg', JPEG], ['letter.pdf', '%PDF-1.4']);
  await waitFor(() => expect(window.location.pathname).toBe('/register'));
  show(<PendingPicture />);
  expect(screen.getByText(/^3 pictures are waiting/)).toBeTruthy();
  expect(takePending()).toBeNull();
  expect(takeAllPending().map(({ name }) => name)).toEqual(['one.jpg', 'two.jpg', 'letter.pdf']);
});

test('one picture waits for Single', async () => {
  await letGo(['one.jpg', JPEG]);
  await waitFor(() => expect(window.location.pathname).toBe('/register'));
  expect(takePending()?.name).toBe('one.jpg');
});
