/** A batch with its pictures, kept up to date by the stream without reading all of it again. */
import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { queries } from '../../../api/queries';
import type { LiveEvent } from '../../../live/events';
import { readAgain, useLive } from '../../../live/useLive';
import { type BatchState, readBatch } from '../calls';
import { isOver } from '../standing';

export function useItems(id: string) {
  const query = useQuery({
    queryKey: ['items', id],
    queryFn: ({ signal }) => readBatch(id, signal),
    staleTime: 5000,
  });
  useLive(
    useCallback(
      (event: LiveEvent) => {
        const before = queries.getQueryData<BatchState>(['items', id]);
        const after = before && followed(before, event);
        if (after !== before) queries.setQueryData<BatchState>(['items', id], after);
        if (saysLess(before, event)) readAgain('items', id);
      },
      [id],
    ),
  );
  return query;
}

/** Whether more has happened to this batch than the event tells: all of it is to be read again. */
export function saysLess(state: BatchState | undefined, event: LiveEvent): boolean {
  if (event.kind === 'resync') return true;
  if (!state) return false;
  if (event.kind === 'gone') return event.ids.includes(state.batch.id);
  if (event.kind !== 'batch' || event.batch.id !== state.batch.id) return false;
  const begins = event.batch.started && !state.batch.started; // what had no file was left out
  const left = state.items.some(({ status }) => status === 'pending' || status === 'processing');
  return begins || (isOver(event.batch.status) && left); // what was cancelled with it
}

/** The state after an event; the very same where it does not concern this batch. */
export function followed(state: BatchState, event: LiveEvent): BatchState {
  if (event.kind === 'batch' && event.batch.id === state.batch.id) return { ...state, batch: event.batch };
  if (event.kind === 'gone') {
    const items = state.items.filter(({ id }) => !event.ids.includes(id));
    return items.length < state.items.length ? { ...state, items } : state;
  }
  if (event.kind !== 'job' || event.job.batchId !== state.batch.id) return state;
  const { id, position, status, originalName, processedUrl, thumbnailUrl, error } = event.job;
  if (position === null) return state;
  const told = { position, status, originalName, processedUrl, thumbnailUrl, error, uploaded: true };
  return { ...state, items: state.items.map((item) => (item.id === id ? { ...item, ...told } : item)) };
}
