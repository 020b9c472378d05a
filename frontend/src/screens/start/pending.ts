/** Pictures that somebody handed in before they were logged in: they wait in this page's memory. */
import { useSyncExternalStore } from 'react';
import { tabPath } from '../../app/routes';

let waiting: readonly File[] = [];
const listeners = new Set<() => void>();

export function keepPending(files: readonly File[]): void {
  waiting = files;
  for (const listener of listeners) listener();
}

/** Take them, so that they are not taken twice. */
export function takeAllPending(): readonly File[] {
  const files = waiting;
  if (files.length > 0) keepPending([]);
  return files;
}

/** The only one: several are for Batch. */
export function takePending(): File | null {
  return waiting.length === 1 ? (takeAllPending()[0] ?? null) : null;
}

export function usePending(): readonly File[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => waiting,
  );
}

/** Where they are taken; null where none wait. */
export function usePendingPlace(): string | null {
  const { length } = usePending();
  return length === 0 ? null : tabPath(length === 1 ? 'single' : 'batch');
}
