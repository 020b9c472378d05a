/** What has to be looked at: which of it waits for somebody, and where it is seen to. */
import type { Matter } from './calls';

type Kind = Matter['kind'];

/** Good to know, and nothing that the administrator alone can mend. */
const TO_KNOW: ReadonlySet<Kind> = new Set<Kind>(['deliveries', 'suspended']);

/** Of these the time is when it last happened; of the others, since when it is so. */
const LATEST: ReadonlySet<Kind> = new Set<Kind>(['ledger', 'mails', 'tasks']);

const PLACES: Partial<Record<Kind, string>> = {
  check: '/admin/running',
  undelivered: '/admin/payments?show=attention',
  claimed: '/admin/payments?show=pending',
  waiting: '/admin/payments?show=pending',
};

export const toAct = (matters: readonly Matter[]): Matter[] =>
  matters.filter(({ kind }) => !TO_KNOW.has(kind));
export const toKnow = (matters: readonly Matter[]): Matter[] =>
  matters.filter(({ kind }) => TO_KNOW.has(kind));

/** The address where it is seen to, if that is a page. */
export const placeOf = (kind: Kind): string | undefined => PLACES[kind];

/** Whether the time of a matter is when it last happened. */
export const isLatest = (kind: Kind): boolean => LATEST.has(kind);

/** "workers: no living worker serves mail" in its two parts. */
export function checkOf(about: string): [string, string] {
  const at = about.indexOf(': ');
  return at < 0 ? [about, ''] : [about.slice(0, at), about.slice(at + 2)];
}
