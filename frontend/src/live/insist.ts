/** Sends something again and again, later and later, while it may go well; without limit while the server is away. */
import { ApiError, Offline } from '../api/errors';
import { connection } from './connection';

const MOST_TRIES = 6;
/** Of a request that gets no answer while others do: something on the way refuses it. */
const MOST_CUT = 8;
const LONGEST_MS = 30_000;

export interface How {
  signal: AbortSignal;
  /** So many bytes have gone. */
  onSent?: (bytes: number) => void;
  /** Who is told what is waited for, which is then as long as it takes; null: it is over. */
  onTrouble?: (error: ApiError | null) => void;
}

/** As long as it takes, for what nobody watches. */
export const PATIENTLY: How = { signal: new AbortController().signal, onTrouble: () => undefined };

interface Counts {
  all: number;
  limited: number;
  cut: number;
}

export async function insist<T>(send: (onSent: (bytes: number) => void) => Promise<T>, how: How): Promise<T> {
  const { signal, onSent = () => undefined, onTrouble } = how;
  const counts: Counts = { all: 0, limited: 0, cut: 0 };
  for (;;) {
    try {
      const done = await send(onSent);
      onTrouble?.(null);
      return done;
    } catch (error) {
      if (signal.aborted) throw error;
      onSent(0);
      await overcome(error, counts, how);
    }
  }
}

/** Ends when it is worth another try. */
async function overcome(error: unknown, counts: Counts, how: How): Promise<void> {
  const { signal, onTrouble } = how;
  if (error instanceof Offline) {
    counts.cut += 1;
    if (counts.cut === MOST_CUT) throw error;
    connection.lost();
    await connection.back(signal);
    if (counts.cut > 1) await pause(Math.min(500 * 2 ** counts.cut, LONGEST_MS), signal);
    return;
  }
  if (!(error instanceof ApiError && error.passing)) throw error;
  counts.all += 1;
  // A fault may be about this very request; what is busy, full or being restarted is not.
  if (!onTrouble || error.status === 500) counts.limited += 1;
  if (counts.limited === MOST_TRIES) throw error;
  onTrouble?.(error);
  const later = Math.max((error.retryAfter ?? 0) * 1000, Math.min(500 * 2 ** counts.all, LONGEST_MS));
  await pause(later * (1 + Math.random() / 4), signal);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
