/** Tells the server's log where our own code failed, and in which words; it cleans them of what a person typed. */
import { csrfHeader, type Schemas } from '../api/client';
import { isOutside } from '../api/errors';
import type { paths } from '../api/schema';

type Report = Schemas['BrowserFailure'];
/** What is known of an error, whatever was thrown. */
type Found = Pick<Report, 'kind' | 'said' | 'frames'>;

const PLACE = /((?:[a-z][a-z-]*:\/\/|<anonymous>)[^\s()]*):(\d{1,7}):(\d{1,7})/g;
const NAME = /([A-Za-z0-9_-]+\.(?:js|tsx?))(?:\?[^/]*)?$/;
const MOST_PLACES = 5;
const MOST_FRAMES = 12;
const MOST_SAID = 500;
/** Said by browsers, where nothing of ours is wrong. */
const NOISE = /^(Script error\.?$|ResizeObserver loop )/;

// Names the build exactly: a page that has been open since before an upgrade is of another.
const build = NAME.exec(import.meta.url)?.[1] ?? 'unknown';

let version = 'v0';
let routeNow = (): string => '/';
/** How often what has failed, and how much of that was told. */
const counts = new Map<string, { all: number; told: number }>();

export function failuresAreOf(serverVersion: string): void {
  version = `v${serverVersion}`;
}

/** Report an error: each place once, and again at each tenfold; a few places a page. */
export function reportFailure(error: unknown): void {
  const found = describe(error);
  if (found) report(found);
}

function report(found: Found): void {
  // Without a place of ours, only the words tell one error from another.
  const key = `${found.kind} ${found.frames[0] ?? found.said}`;
  const count = counts.get(key) ?? { all: 0, told: 0 };
  if (!counts.has(key) && counts.size >= MOST_PLACES) return;
  counts.set(key, count);
  count.all += 1;
  if (!isTold(count.all)) return;
  const body: Report = { ...found, route: routeNow(), version, build, count: count.all - count.told };
  count.told = count.all;
  void fetch('/api/web/failures' satisfies keyof paths, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', ...csrfHeader() },
    keepalive: true,
  }).catch(() => undefined);
}

function isTold(times: number): boolean {
  return /^10{0,3}$/.test(String(times));
}

/** Null where it is none of ours: an extension's, or one that is no fault. */
export function describe(error: unknown, origin = window.location.origin): Found | null {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const frames = framesOf(stack, origin);
  if (frames === null) return null;
  const [kind, said] = wordsOf(error);
  if (kind === 'AbortError' || NOISE.test(said)) return null;
  const name = kind.replace(/[^A-Za-z0-9_.-]/g, '').replace(/^[^A-Za-z]+/, '');
  return { kind: name.slice(0, 60) || 'Unknown', said: said.slice(0, MOST_SAID), frames };
}

function wordsOf(error: unknown): [string, string] {
  if (error instanceof Error) return [error.name, error.message];
  if (typeof error === 'string') return ['Text', error];
  if (typeof error !== 'object' || error === null) return ['Nothing', String(error)];
  const { message } = error as { message?: unknown };
  const names = Object.keys(error).slice(0, 8).join(', ');
  return [error.constructor?.name ?? 'Object', typeof message === 'string' ? message : `{${names}}`];
}

/** Places in our own files, innermost first; null where there are places, and none is ours. */
function framesOf(stack: string, origin: string): string[] | null {
  const all = [...stack.matchAll(PLACE)];
  const ours = all.flatMap(([, url = '', line, column]) => {
    const name = url.startsWith(`${origin}/`) && NAME.exec(url)?.[1];
    return name ? [`${name}:${line}:${column}`.slice(0, 120)] : [];
  });
  return all.length > 0 && ours.length === 0 ? null : ours.slice(0, MOST_FRAMES);
}

/** `route` gives the pattern of the address that is shown. */
export function watchFailures(route: () => string): void {
  routeNow = route;
  window.addEventListener('error', (event) => {
    if (event.error !== null && event.error !== undefined) return reportFailure(event.error);
    const place = `${event.filename}:${event.lineno}:${event.colno}`;
    const frames = framesOf(place, window.location.origin);
    if (frames === null || NOISE.test(event.message)) return;
    report({ kind: 'Script', said: event.message.slice(0, MOST_SAID), frames });
  });
  window.addEventListener('unhandledrejection', ({ reason }) => {
    if (!isOutside(reason)) reportFailure(reason);
  });
}
