/** Ends a removal that has no answer yet. */
import { ApiError } from '../../../api/errors';
import { insist, PATIENTLY } from '../../../live/insist';
import { cancelJob, remove } from '../calls';
import type { Job } from '../editor/edits';
import { fateOf, forget, type Intent } from './remembered';

type Off = Pick<Intent, 'key' | 'file' | 'tier'>;
/** The job, cancelled; or it had come out by then; or the server never took it, and does not now. */
export type Ended = Job | 'out' | 'never';

const SOON_MS = 500;
const SOON_TIMES = 20;
const running = new Map<string, Promise<Ended>>();

export function isCallingOff({ key }: Off): boolean {
  return running.has(key);
}

/** Once for each, whatever comes between; forgotten when it is known how it ended. */
export function callOff(intent: Off): Promise<Ended> {
  const { key } = intent;
  const known = running.get(key);
  if (known) return known;
  const calling = ended(intent).finally(() => running.delete(key));
  running.set(key, calling);
  return calling.then((how) => forget(key).then(() => how));
}

async function ended(intent: Off): Promise<Ended> {
  try {
    // The same request once more, not waited for, tells which job it became.
    const { id } = await insist(() => found(intent), PATIENTLY);
    return await endOf(id);
  } catch (error) {
    if (fateOf(error) === 'over') return 'never';
    throw error;
  }
}

async function found(intent: Off): Promise<Job> {
  for (let time = 1; ; time += 1) {
    try {
      return await remove(intent, 0);
    } catch (error) {
      if (fateOf(error) !== 'soon' || time === SOON_TIMES) throw error;
      await new Promise((resolve) => setTimeout(resolve, SOON_MS));
    }
  }
}

/** As `callOff`, of a job that is known. */
export async function endOf(id: string): Promise<Ended> {
  try {
    return await insist(() => cancelJob(id), PATIENTLY);
  } catch (error) {
    if (error instanceof ApiError && error.status === 409) return 'out';
    throw error;
  }
}
