/** A page beyond the last, as when what it held was deleted, becomes the last one. */
import { useEffect } from 'react';
import type { Schemas } from '../../api/client';

export function useLastPage(
  pagination: Schemas['Pagination'] | undefined,
  onPage: (page: number) => void,
): void {
  const beyond = pagination && pagination.page > Math.max(1, pagination.pages);
  const last = Math.max(1, pagination?.pages ?? 1);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the handler is another one each time
  useEffect(() => {
    if (beyond) onPage(last);
  }, [beyond, last]);
}
