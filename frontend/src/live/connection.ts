/** Whether the server answers: said by every request, and asked for while it does not. */
import { useSyncExternalStore } from 'react';

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 10_000;

class Connection {
  private away = false;
  private pause = FIRST_PAUSE_MS;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Set<() => void>();
  private readonly healed = new Set<() => void>();

  get isLost(): boolean {
    return this.away;
  }

  /** A request got no answer. */
  lost(): void {
    if (this.away) return;
    this.away = true;
    this.pause = FIRST_PAUSE_MS;
    this.changed();
    this.later();
  }

  /** An answer came. */
  found(): void {
    if (!this.away) return;
    this.away = false;
    clearTimeout(this.timer);
    this.changed();
    for (const tell of this.healed) tell();
  }

  /** Look now rather than when the pause is over. */
  tryNow = (): void => {
    clearTimeout(this.timer);
    void this.knock();
  };

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Call back whenever the connection is there again. */
  onHealed(listener: () => void): () => void {
    this.healed.add(listener);
    return () => this.healed.delete(listener);
  }

  /** Ends when it is there: now, or once it is back. */
  back(signal?: AbortSignal): Promise<void> {
    if (!this.away) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const stop = this.onHealed(() => {
        stop();
        resolve();
      });
      signal?.addEventListener('abort', () => {
        stop();
        reject(signal.reason);
      });
    });
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }

  private later(): void {
    this.timer = setTimeout(() => void this.knock(), this.pause);
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS);
  }

  private async knock(): Promise<void> {
    try {
      const { ok } = await fetch('/health/live', { cache: 'no-store' });
      if (ok) return this.found(); // else a proxy answers, for a server that is away
    } catch {
      // no answer at all
    }
    if (this.away) this.later();
  }
}

export const connection = new Connection();

window.addEventListener('online', () => connection.isLost && connection.tryNow());
window.addEventListener('offline', () => connection.lost());

export function useConnectionLost(): boolean {
  return useSyncExternalStore(connection.subscribe, () => connection.isLost);
}
