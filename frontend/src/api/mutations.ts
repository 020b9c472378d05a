/** Changes asked for by pressing something: one at a time, however often it is pressed. */
import { type UseMutationOptions, useMutation as useAnyMutation } from '@tanstack/react-query';
import { useCallback, useRef } from 'react';

/** Within this, a second press belongs to a double click. */
const DOUBLE_CLICK_MS = 500;

interface Once<V> {
  /** Where several things may be changed at a time: what stands for the one thing. */
  per?: (variables: V) => unknown;
  /** A quick answer does not make the second click of a double click another wish. */
  evenIfAnswered?: boolean;
}

/** React Query's, but that what is being changed is not changed again meanwhile: known at once, not once drawn. */
export function useMutation<T, E = Error, V = void, C = unknown>(
  options: UseMutationOptions<T, E, V, C>,
  once: Once<V> = {},
) {
  const running = useRef(new Set<unknown>());
  const latest = useRef(once);
  latest.current = once;
  const made = useAnyMutation(options);
  const { mutateAsync } = made;
  const mutate = useCallback<typeof made.mutate>(
    (...asked) => {
      const { per, evenIfAnswered } = latest.current;
      const what = per?.(asked[0] as V);
      if (running.current.has(what)) return;
      running.current.add(what);
      const free = () => running.current.delete(what);
      mutateAsync(...asked).then(
        () => (evenIfAnswered ? setTimeout(free, DOUBLE_CLICK_MS) : free()),
        free, // the mutation's own `error` says why
      );
    },
    [mutateAsync],
  );
  return { ...made, mutate };
}
