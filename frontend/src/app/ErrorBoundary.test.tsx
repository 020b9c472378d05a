import { QueryClientProvider, useSuspenseQuery } from '@tanstack/react-query';
import { act, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Suspense } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiError } from '../api/errors';
import { queries } from '../api/queries';
import { show } from '../test/show';
import { ErrorBoundary } from './ErrorBoundary';

const read = vi.fn<() => Promise<string>>();

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  queries.clear();
  read.mockReset().mockRejectedValue(new ApiError(409, 'CONFLICT', 'no'));
});
afterEach(() => vi.restoreAllMocks());

function Part() {
  const { data } = useSuspenseQuery({ queryKey: ['part'], queryFn: read });
  return <p>{data}</p>;
}

const boundary = (
  <QueryClientProvider client={queries}>
    <ErrorBoundary>
      <Suspense>
        <Part />
      </Suspense>
    </ErrorBoundary>
  </QueryClientProvider>
);

test('what failed is read anew on demand', async () => {
  await act(async () => show(boundary));
  await screen.findByRole('alert');
  read.mockResolvedValue('here');
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
  expect(await screen.findByText('here')).toBeTruthy();
});

test('what failed is read anew when it is shown again', async () => {
  const { unmount } = await act(async () => show(boundary));
  await screen.findByRole('alert');
  unmount();
  read.mockResolvedValue('here');
  await act(async () => show(boundary));
  expect(await screen.findByText('here')).toBeTruthy();
});
