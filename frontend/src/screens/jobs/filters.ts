/** What the list shows, as the address holds it and as the API is asked. */
import type { Schemas } from '../../api/client';
import type { paths } from '../../api/schema';

type Query = NonNullable<paths['/api/background-remover/jobs']['get']['parameters']['query']>;
type BatchQuery = NonNullable<paths['/api/background-remover/batches']['get']['parameters']['query']>;
export type Status = Schemas['BatchBody']['status'];
export type Tier = Schemas['JobBody']['tier'];
export type Sort = NonNullable<Query['sort']>;

type JobStatus = Schemas['JobBody']['status'];
const OF_PICTURES: readonly JobStatus[] = [
  'pending',
  'processing',
  'completed',
  'failed',
  'cancelled',
  'expired',
];
const OF_BATCHES: readonly Status[] = [
  'pending',
  'processing',
  'completed',
  'partial',
  ...OF_PICTURES.slice(3),
];

/** What a picture, or a batch, can be. */
export function statusesOf(show: Filters['show']): readonly Status[] {
  return show === 'batches' ? OF_BATCHES : OF_PICTURES;
}

export const TIERS: readonly Tier[] = ['basic', 'standard', 'professional', 'industry'];
export const SORTS: readonly Sort[] = [
  '-createdAt',
  'createdAt',
  '-completedAt',
  'completedAt',
  'name',
  '-name',
];
const KINDS = ['single', 'batch'] as const;
export const PER_PAGE = 20;

export interface Filters {
  show: 'pictures' | 'batches';
  status: Status | '';
  tier: Tier | '';
  kind: 'single' | 'batch' | '';
  /** Days, as 2026-11-24, both included. */
  from: string;
  to: string;
  sort: Sort;
  page: number;
}

export const NONE: Filters = {
  show: 'pictures',
  status: '',
  tier: '',
  kind: '',
  from: '',
  to: '',
  sort: '-createdAt',
  page: 1,
};

const DAY = /^\d{4}-\d\d-\d\d$/;

/** From an address, which people change by hand, too. */
export function filtersOf(search: string): Filters {
  const given = new URLSearchParams(search);
  const one = <T extends string>(name: string, of: readonly T[]) =>
    of.find((each) => each === given.get(name));
  const day = (name: string) => {
    const value = given.get(name) ?? '';
    return DAY.test(value) && !Number.isNaN(Date.parse(value)) ? value : '';
  };
  const page = Number(given.get('page'));
  const show = given.get('show') === 'batches' ? 'batches' : 'pictures';
  return {
    show,
    status: one('status', statusesOf(show)) ?? '',
    tier: one('tier', TIERS) ?? '',
    kind: (show === 'pictures' && one('kind', KINDS)) || '',
    from: day('from'),
    to: day('to'),
    sort: one('sort', SORTS) ?? NONE.sort,
    page: Number.isInteger(page) && page > 0 && page <= 100_000 ? page : 1,
  };
}

/** What differs from the beginning, with its question mark. */
export function searchOf(filters: Filters): string {
  const told = new URLSearchParams();
  for (const name of Object.keys(NONE) as (keyof Filters)[]) {
    if (filters[name] !== NONE[name]) told.set(name, String(filters[name]));
  }
  const search = told.toString();
  return search ? `?${search}` : '';
}

/** As pictures are asked for. */
export function queryOf(filters: Filters): Query {
  const status = OF_PICTURES.find((each) => each === filters.status);
  return {
    ...ofBoth(filters),
    ...(status && { status }),
    ...(filters.kind && { type: filters.kind }),
  };
}

/** As batches are asked for. */
export function batchQueryOf(filters: Filters): BatchQuery {
  return { ...ofBoth(filters), ...(filters.status && { status: filters.status }) };
}

/** Days are the person's: from midnight to midnight where they are. */
function ofBoth({ tier, from, to, sort, page }: Filters) {
  return {
    page,
    limit: PER_PAGE,
    sort,
    ...(tier && { tier }),
    ...(from && { from: midnight(from, 0) }),
    ...(to && { to: midnight(to, 1) }),
  };
}

function midnight(day: string, later: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + later).toISOString();
}

/** How many of them narrow the list. */
export function narrowing({ status, tier, kind, from, to }: Filters): number {
  return [status, tier, kind, from, to].filter(Boolean).length;
}
