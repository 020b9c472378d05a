/** That the server was upgraded since this page was opened: known from whatever part of the page it has no more. */
import { useEffect, useSyncExternalStore } from 'react';
import { PartGone } from '../api/errors';

let gone = false;
let places = 0;
const listeners = new Set<() => void>();

function change(act: () => void): void {
  act();
  for (const listener of listeners) listener();
}

/** Whether that is what went wrong; the page then offers to be loaded again. */
export function isUpgrade(error: unknown): boolean {
  if (!(error instanceof PartGone)) return false;
  change(() => {
    gone = true;
  });
  return true;
}

/** Said here, in the place of what is gone: the bar on top need not say it, too. */
export function useSaidHere(): void {
  useEffect(() => {
    change(() => {
      places += 1;
    });
    return () =>
      change(() => {
        places -= 1;
      });
  }, []);
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Whether the bar on top has to say it. */
export function useUpgraded(): boolean {
  return useSyncExternalStore(subscribe, () => gone && places === 0);
}
