/** Which payments and people the lists show, as the address holds it and as the API is asked. */
import { LIMITS } from '../../api/limits';
import type { Which } from './calls';

export const SHOWN = ['pending', 'paid', 'expired', 'cancelled', 'refunded', 'attention', 'all'] as const;

export interface Shown {
  show: (typeof SHOWN)[number];
  page: number;
}

/** From an address, which people change by hand, too. */
export function shownOf(search: string): Shown {
  const given = new URLSearchParams(search);
  return { show: SHOWN.find((each) => each === given.get('show')) ?? 'pending', page: pageOf(given) };
}

export function searchOf({ show, page }: Shown): string {
  const given = new URLSearchParams();
  if (show !== 'pending') given.set('show', show);
  return written(given, page);
}

export function whichOf({ show, page }: Shown): Which {
  if (show === 'all') return { page };
  return show === 'attention' ? { attention: true, page } : { status: show, page };
}

export interface Sought {
  /** In addresses and names. */
  words: string;
  page: number;
}

export function soughtOf(search: string): Sought {
  const given = new URLSearchParams(search);
  return { words: given.get('search')?.slice(0, LIMITS.search) ?? '', page: pageOf(given) };
}

export function peopleSearchOf({ words, page }: Sought): string {
  const given = new URLSearchParams();
  if (words) given.set('search', words);
  return written(given, page);
}

function pageOf(given: URLSearchParams): number {
  const page = Number(given.get('page'));
  return Number.isInteger(page) && page > 0 && page <= 100_000 ? page : 1;
}

function written(given: URLSearchParams, page: number): string {
  if (page > 1) given.set('page', String(page));
  const all = given.toString();
  return all && `?${all}`;
}
