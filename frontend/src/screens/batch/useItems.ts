/** A batch with its pictures, kept up to date by the stream without reading all of it again. */
import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { queries } from '../../api/queries';
import type { LiveEvent } from '../../live/events';
import { useLive } from '../../live/useLive';
import { type BatchState, type Item, readBatch } from './calls';

export function useItems(id: string) {
  const query = useQuery({
    queryKey: ['items', id],
    queryFn: ({ signal }) => readBatch(id, signal),
    staleTime: 5000,
  });
  useLive(
    useCallback(
      (event: LiveEvent) => {
        if (event.kind === 'resync') void queries.invalidateQueries({ queryKey: ['items', id] });
        else queries.setQueryData<BatchState>(['items', id], (state) => state && followed(state, event));
      },
      [id],
    ),
  );
  return query;
}

/** The state after an event; the very same where it does not concern this batch. */
export function followed(state: BatchState, event: LiveEvent): BatchState {
  if (event.kind === 'batch' && event.batch.id === state.batch.id) return { ...state, batch: event.batch };
  if (event.kind !== 'job' || event.job.batchId !== state.batch.id) return state;
  const { id, position, status, originalName, processedUrl, thumbnailUrl, error } = event.job;
  if (position === null) return state;
  const told: Item = {
    ...{ id, position, status, originalName, processedUrl, thumbnailUrl, error },
    uploaded: true,
  };
  return { ...state, items: state.items.map((item) => (item.id === id ? told : item)) };
}
