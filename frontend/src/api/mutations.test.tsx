import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, renderHook } from '@testing-library/react';
import type { ReactNode } from 'react';
import { expect, test, vi } from 'vitest';
import { useMutation } from './mutations';

const wrapper = ({ children }: { children: ReactNode }) => (
  <QueryClientProvider client={new QueryClient()}>{children}</QueryClientProvider>
);

/** Something that is answered when the test says so. */
function held() {
  const answers: { give: () => void; refuse: () => void }[] = [];
  const ask = vi.fn(
    (_what: string) =>
      new Promise<void>((give, refuse) => answers.push({ give, refuse: () => refuse(new Error('no')) })),
  );
  return { ask, answers };
}

test('asked for twice in one tick, it is sent once', async () => {
  const { ask, answers } = held();
  const { result } = renderHook(() => useMutation({ mutationFn: ask }), { wrapper });
  await act(async () => {
    result.current.mutate('a');
    result.current.mutate('b');
  });
  expect(ask).toHaveBeenCalledTimes(1);
  await act(async () => answers[0]?.give());
  await act(async () => result.current.mutate('a'));
  expect(ask).toHaveBeenCalledTimes(2);
});

test('a refusal lets it be asked for again, at once', async () => {
  const { ask, answers } = held();
  const { result } = renderHook(() => useMutation({ mutationFn: ask }, { evenIfAnswered: true }), {
    wrapper,
  });
  await act(async () => result.current.mutate('a'));
  await act(async () => answers[0]?.refuse());
  await act(async () => result.current.mutate('a'));
  expect(ask).toHaveBeenCalledTimes(2);
});

test('of several things each is changed once', async () => {
  const { ask } = held();
  const { result } = renderHook(() => useMutation({ mutationFn: ask }, { per: (what) => what }), { wrapper });
  await act(async () => {
    for (const what of ['a', 'b', 'a']) result.current.mutate(what);
  });
  expect(ask.mock.calls.map(([what]) => what)).toEqual(['a', 'b']);
});

test('a quick answer does not let the second click of a double click through', async () => {
  vi.useFakeTimers();
  const ask = vi.fn(async () => undefined);
  const { result } = renderHook(() => useMutation({ mutationFn: ask }, { evenIfAnswered: true }), {
    wrapper,
  });
  await act(async () => result.current.mutate());
  await act(async () => vi.advanceTimersByTimeAsync(100));
  await act(async () => result.current.mutate());
  expect(ask).toHaveBeenCalledTimes(1);
  await act(async () => vi.advanceTimersByTimeAsync(1000));
  await act(async () => result.current.mutate());
  expect(ask).toHaveBeenCalledTimes(2);
  vi.useRealTimers();
});
