/** What several screens read, by key: one place says how fresh each has to be. */
import { QueryClient, queryOptions } from '@tanstack/react-query';
import { connection } from '../live/connection';
import { answer, api } from './client';
import { ApiError, Offline } from './errors';

// A browser says "offline" also where only the Wi-Fi is gone, and the server is on this machine: `connection` asks
// the server. And a change is never kept for later: who asked for it is told at once, and asks again or not.
const ASK_ANYWAY = { networkMode: 'always' } as const;

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      ...ASK_ANYWAY,
      staleTime: 20_000,
      retry: (count, error) =>
        count < 3 && (error instanceof Offline || (error instanceof ApiError && error.passing)),
      retryDelay: (count, error) => {
        const told = error instanceof ApiError ? error.retryAfter : null;
        return told !== null ? told * 1000 : Math.min(1000 * 2 ** count, 10_000);
      },
    },
    mutations: { ...ASK_ANYWAY, retry: false },
  },
});

// `meta.local` is read from the browser, and tells nothing of the server.
queries.getQueryCache().subscribe((event) => {
  if (event.type !== 'updated' || event.query.meta?.local) return;
  const { action } = event;
  if ((action.type === 'failed' || action.type === 'error') && action.error instanceof Offline)
    connection.lost();
  else if (action.type === 'success' && !action.manual) connection.found();
});

connection.onHealed(() => void queries.invalidateQueries({ type: 'active' }));

/** This server, and who is logged in. */
export const startQuery = queryOptions({
  queryKey: ['start'],
  queryFn: ({ signal }) => answer(api.GET('/api/web/start', { signal })),
  staleTime: 300_000,
});

/** Credits, removals and the plan's quota, for the bar on top. */
export const statsQuery = queryOptions({
  queryKey: ['stats'],
  queryFn: ({ signal }) => answer(api.GET('/api/background-remover/stats', { signal })),
});

/** What each tier costs. */
export const pricingQuery = queryOptions({
  queryKey: ['pricing'],
  queryFn: async ({ signal }) =>
    (await answer(api.GET('/api/background-remover/pricing', { signal }))).pricing,
  staleTime: 3_600_000,
});

/** What changes with each picture and each payment: the bar, prices, and what a plan has left. */
export const NUMBERS = ['stats', 'quote', 'subscription'];

/** After something was paid for, or given back. */
export function creditsChanged(): void {
  for (const key of NUMBERS) void queries.invalidateQueries({ queryKey: [key] });
}
