/** Tells the server's log where our own code failed: kinds and places, and nothing that a person typed. */
import { csrfHeader } from '../api/client';

const FRAME = /([A-Za-z0-9_-]+\.(?:js|tsx?)):(\d{1,7}):(\d{1,7})/g;
const MOST_REPORTS = 5;

let reported = 0;
let version = 'v0';
const seen = new Set<string>();

export function failuresAreOf(serverVersion: string): void {
  version = `v${serverVersion}`;
}

/** Report an error, once for each place and a few times a page at most. */
export function reportFailure(error: unknown): void {
  const kind = (error instanceof Error ? error.name : 'Unknown').replace(/[^A-Za-z0-9_.-]/g, '') || 'Unknown';
  const frames = framesOf(error);
  const key = `${kind} ${frames[0] ?? ''}`;
  if (reported >= MOST_REPORTS || seen.has(key)) return;
  seen.add(key);
  reported += 1;
  const body = JSON.stringify({ kind: kind.slice(0, 60), screen: screenName(), version, frames });
  void fetch('/api/web/failures', {
    method: 'POST',
    body,
    headers: { 'Content-Type': 'application/json', ...csrfHeader() },
    keepalive: true,
  }).catch(() => undefined);
}

export function framesOf(error: unknown): string[] {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return [...stack.matchAll(FRAME)].slice(0, 12).map((found) => found[0].slice(0, 120));
}

/** The first parts of the address, without ids. */
function screenName(): string {
  const parts = window.location.pathname.split('/').filter((part) => /^[a-z-]{1,20}$/.test(part));
  return parts.slice(0, 3).join('.') || 'start';
}

export function watchFailures(): void {
  window.addEventListener('error', (event) => reportFailure(event.error));
  window.addEventListener('unhandledrejection', (event) => reportFailure(event.reason));
}
