/** Which payments the list shows, as the address holds it and as the API is asked. */
import type { Which } from './calls';

export const SHOWN = ['pending', 'paid', 'expired', 'cancelled', 'refunded', 'attention', 'all'] as const;

export interface Shown {
  show: (typeof SHOWN)[number];
  page: number;
}

/** From an address, which people change by hand, too. */
export function shownOf(search: string): Shown {
  const given = new URLSearchParams(search);
  const page = Number(given.get('page'));
  return {
    show: SHOWN.find((each) => each === given.get('show')) ?? 'pending',
    page: Number.isInteger(page) && page > 0 && page <= 100_000 ? page : 1,
  };
}

export function searchOf({ show, page }: Shown): string {
  const given = new URLSearchParams();
  if (show !== 'pending') given.set('show', show);
  if (page > 1) given.set('page', String(page));
  const written = given.toString();
  return written && `?${written}`;
}

export function whichOf({ show, page }: Shown): Which {
  if (show === 'all') return { page };
  return show === 'attention' ? { attention: true, page } : { status: show, page };
}
