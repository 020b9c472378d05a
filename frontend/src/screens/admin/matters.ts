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

/** What a check found, as words have it: lists are names, in a row. */
export function factsOf(
  facts: Readonly<Record<string, string | number | string[]>>,
  number: (value: number) => string,
  named: (name: string) => string,
): Record<string, string> {
  const shown = (value: string | number | string[]) =>
    typeof value === 'number'
      ? number(value)
      : typeof value === 'string'
        ? value
        : value.map(named).join(', ');
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, shown(value)]));
}
