/** A picture that somebody handed in before they were logged in: it waits in this page's memory. */
import { useSyncExternalStore } from 'react';

let waiting: File | null = null;
const listeners = new Set<() => void>();

export function keepPending(file: File | null): void {
  waiting = file;
  for (const listener of listeners) listener();
}

/** Take it, so that it is not taken twice. */
export function takePending(): File | null {
  const file = waiting;
  if (file) keepPending(null);
  return file;
}

export function usePending(): File | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => waiting,
  );
}
