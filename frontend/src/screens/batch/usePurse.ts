/** What there is to pay with; looked at again and again while it does not suffice, for it may be paid in elsewhere. */
import { useQuery } from '@tanstack/react-query';
import { statsQuery } from '../../api/queries';
import { useStart } from '../../app/session';
import { freeCredits } from './afford';

const AGAIN_MS = 5000;

/** @param price in credits; undefined while it is not known. */
export function usePurse(price: number | undefined) {
  const { open } = useStart();
  const { data } = useQuery({
    ...statsQuery,
    enabled: !open,
    refetchInterval: ({ state }) =>
      price !== undefined && state.data && freeCredits(state.data) < price ? AGAIN_MS : false,
  });
  return data;
}
