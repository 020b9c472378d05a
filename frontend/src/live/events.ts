/**
 * The tab's one stream of events, and asking now and then while there is none.
 *
 * It is open while any screen listens. Whatever may have been missed (a reload, sleep, a server's restart, a proxy
 * that holds streams back) ends in `resync`: read again what is shown.
 */
import type { Schemas } from '../api/client';
import type { paths } from '../api/schema';
import { connection } from './connection';

export type LiveEvent =
  | { kind: 'resync' }
  | { kind: 'job'; job: Schemas['JobBody'] }
  | { kind: 'batch'; batch: Schemas['BatchBody'] }
  | { kind: 'gone'; ids: string[] };

type Listener = (event: LiveEvent) => void;

const ADDRESS = '/api/background-remover/events' satisfies keyof paths;
const SILENT_MS = 40_000; // the server says something every 15 s
const POLL_MS = 5000;
const LINGER_MS = 3000; // from one screen to the next the stream stays
const LONGEST_PAUSE_MS = 30_000;

class LiveEvents {
  private source: EventSource | null = null;
  private readonly listeners = new Set<Listener>();
  private heardAt = 0;
  private pause = 1000;
  private again: ReturnType<typeof setTimeout> | undefined;
  private closing: ReturnType<typeof setTimeout> | undefined;
  private watch: ReturnType<typeof setInterval> | undefined;

  constructor() {
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.checkSilence();
    });
    connection.onHealed(() => this.listeners.size > 0 && this.reopen());
  }

  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    clearTimeout(this.closing);
    if (!this.source) this.open();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.closing = setTimeout(() => this.close(), LINGER_MS);
    };
  }

  private open(): void {
    clearTimeout(this.again);
    clearInterval(this.watch);
    this.heardAt = Date.now();
    const source = new EventSource(ADDRESS);
    this.source = source;
    const hear = (make: (data: string) => LiveEvent | null) => (event: MessageEvent<string>) => {
      this.heardAt = Date.now();
      this.pause = 1000;
      const told = make(event.data);
      if (told) this.tell(told);
    };
    source.addEventListener(
      'ping',
      hear(() => null),
    );
    source.addEventListener(
      'resync',
      hear(() => ({ kind: 'resync' })),
    );
    source.addEventListener(
      'job',
      hear((data) => ({ kind: 'job', ...JSON.parse(data) })),
    );
    source.addEventListener(
      'batch',
      hear((data) => ({ kind: 'batch', ...JSON.parse(data) })),
    );
    source.addEventListener(
      'gone',
      hear((data) => ({ kind: 'gone', ...JSON.parse(data) })),
    );
    source.onerror = () => {
      // A stream that broke comes back by itself; one that was refused does not.
      if (source.readyState === EventSource.CLOSED) this.later();
    };
    this.watch = setInterval(() => this.checkSilence(), POLL_MS);
  }

  /** Where the stream is silent, ask; where it is silent for long, open another. */
  private checkSilence(): void {
    if (!this.source || document.visibilityState === 'hidden') return;
    const open = this.source.readyState === EventSource.OPEN;
    if (Date.now() - this.heardAt > SILENT_MS) this.reopen();
    else if (!open && !connection.isLost) this.tell({ kind: 'resync' });
  }

  private reopen(): void {
    this.source?.close();
    this.open();
    this.tell({ kind: 'resync' });
  }

  private later(): void {
    clearTimeout(this.again);
    this.again = setTimeout(() => this.listeners.size > 0 && this.open(), this.pause);
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS);
  }

  private close(): void {
    clearTimeout(this.again);
    clearInterval(this.watch);
    this.source?.close();
    this.source = null;
  }

  private tell(event: LiveEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}

export const live = new LiveEvents();
