/** Keeps what screens have read up to date while they are shown: `useLive()` in a screen, and its queries move. */
import { useEffect } from 'react';
import { queries } from '../api/queries';
import { type LiveEvent, live } from './events';

/**
 * Query keys that follow the stream: `['job', id]` holds a JobBody, `['batch', id]` anything read of that batch,
 * `['jobs', ...]` and `['batches', ...]` are lists, `['stats']` the bar's numbers.
 *
 * @param also called with each event, for screens that keep more than queries.
 */
export function useLive(also?: (event: LiveEvent) => void): void {
  useEffect(
    () =>
      live.subscribe((event) => {
        follow(event);
        also?.(event);
      }),
    [also],
  );
}

const LISTS_MS = 400;
const waiting = new Map<string, ReturnType<typeof setTimeout>>();

/** Read again what begins with this key, once for many events. */
function readAgain(...key: string[]): void {
  const name = key.join('/');
  if (waiting.has(name)) return;
  waiting.set(
    name,
    setTimeout(() => {
      waiting.delete(name);
      void queries.invalidateQueries({ queryKey: key });
    }, LISTS_MS),
  );
}

export function follow(event: LiveEvent): void {
  switch (event.kind) {
    case 'resync':
      for (const key of ['job', 'jobs', 'batch', 'batches', 'stats']) readAgain(key);
      break;
    case 'job':
      queries.setQueryData(['job', event.job.id], event.job);
      readAgain('jobs');
      readAgain('stats');
      break;
    case 'batch':
      readAgain('batch', event.batch.id);
      readAgain('batches');
      readAgain('stats');
      break;
    case 'gone':
      readAgain('jobs');
      readAgain('batches');
      break;
  }
}
