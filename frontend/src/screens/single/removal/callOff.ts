/** Ends a removal that has no answer yet. */
import { ApiError } from '../../../api/errors';
import { connection } from '../../../live/connection';
import { cancelJob, remove } from '../calls';
import type { Job } from '../editor/edits';
import { fateOf, forget, type Intent } from './remembered';

type Off = Pick<Intent, 'key' | 'file' | 'tier'>;

const SOON_MS = 500;
const SOON_TIMES = 20;

const running = new Map<string, Promise<Job | null>>();

export function isCallingOff({ key }: Off): boolean {
  return running.has(key);
}

/** As `ended`, once for each, and forgotten when it is known how it ended. */
export function callOff(intent: Off): Promise<Job | null> {
  const { key } = intent;
  const known = running.get(key);
  if (known) return known;
  const calling = ended(intent).finally(() => running.delete(key));
  running.set(key, calling);
  return calling.then(
    (job) => forget(key).then(() => job),
    async (error) => {
      if (['over', 'soon'].includes(fateOf(error))) await forget(key);
      throw error;
    },
  );
}

/** The job, cancelled, once the server answers; null: it had come out by then. */
async function ended(intent: Off): Promise<Job | null> {
  for (let time = 1; ; time += 1) {
    try {
      // The same request once more, not waited for, tells which job it became.
      const { id } = await remove(intent, 0);
      return await endOf(id);
    } catch (error) {
      if (fateOf(error) === 'heals') {
        connection.lost();
        await connection.back();
        continue;
      }
      if (fateOf(error) !== 'soon' || time === SOON_TIMES) throw error;
      await new Promise((resolve) => setTimeout(resolve, SOON_MS));
    }
  }
}

/** As `callOff`, of a job that is known. */
export async function endOf(id: string): Promise<Job | null> {
  try {
    return await cancelJob(id);
  } catch (error) {
    if (error instanceof ApiError && error.status === 409) return null;
    throw error;
  }
}
