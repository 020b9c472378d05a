/** Sends something again and again, later and later, while it may go well; without limit while the server is away. */
import { ApiError, Offline } from '../../../api/errors';
import { connection } from '../../../live/connection';

const MOST_TRIES = 6;

export async function insist<T>(
  send: (onSent: (bytes: number) => void) => Promise<T>,
  signal: AbortSignal,
  onSent: (bytes: number) => void = () => undefined,
): Promise<T> {
  for (let tries = 1; ; ) {
    try {
      return await send(onSent);
    } catch (error) {
      if (signal.aborted) throw error;
      onSent(0);
      if (error instanceof Offline) {
        connection.lost();
        await healed(signal);
      } else if (error instanceof ApiError && error.passing && tries < MOST_TRIES) {
        const later = Math.max((error.retryAfter ?? 0) * 1000, 500 * 2 ** tries);
        await pause(later * (1 + Math.random() / 4), signal);
        tries += 1;
      } else throw error;
    }
  }
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

function healed(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = connection.onHealed(() => {
      stop();
      resolve();
    });
    if (!connection.isLost) {
      stop();
      resolve();
    }
    signal.addEventListener('abort', () => {
      stop();
      reject(signal.reason);
    });
  });
}
