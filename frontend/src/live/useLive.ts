/** Keeps what screens have read up to date while they are shown: `useLive()` in a screen, and its queries move. */
import { useEffect } from 'react';
import type { Schemas } from '../api/client';
import { NUMBERS, queries } from '../api/queries';
import { type LiveEvent, live } from './events';

/**
 * Query keys that follow the stream: `['job', id]` holds a JobBody, `['batch', id]` anything read of that batch,
 * `['jobs', ...]` and `['batches', ...]` are lists, `['stats']` the bar's numbers,
 * `['quote', ...]` what something would cost, `['subscription']` the plan and its quota.
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

const FIRST_MS = 400;
const GAP_MS = 2500; // a batch may tell of ten pictures a second, and reads are limited
const waiting = new Map<string, ReturnType<typeof setTimeout>>();
const readAt = new Map<string, number>();

/** Read again what begins with this key, once for many events. */
export function readAgain(...key: string[]): void {
  const name = key.join('/');
  if (waiting.has(name)) return;
  const pause = Math.max(FIRST_MS, (readAt.get(name) ?? 0) + GAP_MS - Date.now());
  waiting.set(
    name,
    setTimeout(() => {
      waiting.delete(name);
      readAt.set(name, Date.now());
      void queries.invalidateQueries({ queryKey: key });
    }, pause),
  );
}

export function follow(event: LiveEvent): void {
  switch (event.kind) {
    case 'resync':
      for (const key of ['job', 'jobs', 'batch', 'batches', ...NUMBERS]) readAgain(key);
      break;
    case 'job':
      queries.setQueryData(['job', event.job.id], event.job);
      readAgain('jobs');
      for (const key of NUMBERS) readAgain(key);
      break;
    case 'batch':
      readAgain('batch', event.batch.id);
      readAgain('batches');
      for (const key of NUMBERS) readAgain(key);
      if (event.batch.completedAt !== null) {
        // What is cancelled with a batch is not told one by one.
        readAgain('jobs');
        jobsAgain((job) => job.batchId === event.batch.id && RUNNING.has(job.status));
      }
      break;
    case 'gone':
      readAgain('jobs');
      readAgain('batches');
      jobsAgain((job) => event.ids.includes(job.id) || event.ids.includes(job.batchId ?? ''));
      break;
  }
}

type Job = Schemas['JobBody'];

const RUNNING: ReadonlySet<Job['status']> = new Set(['pending', 'processing']);

/** Those of the shown jobs about which something may be news. */
function jobsAgain(concerns: (job: Job) => boolean): void {
  void queries.invalidateQueries({
    queryKey: ['job'],
    predicate: ({ state }) => state.data !== undefined && concerns(state.data as Job),
  });
}
