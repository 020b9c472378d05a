/** What is said once a batch is tried again: how many pictures are queued, and how many could not be. */
import { useFormat, useText } from '../../i18n/language';
import type { Retried } from './calls';

export function useRetried(): (retried: Retried) => string {
  const text = useText().batch;
  const format = useFormat();
  return ({ items, notRetried }) => {
    const gone = notRetried.find(({ code }) => code === 'FILE_EXPIRED')?.images ?? 0;
    return gone > 0
      ? text.retriedSome(format.number(items.length), format.number(gone))
      : text.retried(format.number(items.length));
  };
}
