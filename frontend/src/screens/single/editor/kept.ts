/** What was changed about a picture, and the strokes that are not saved: they outlive a reload and a session's end. */
import { browserStore } from '../../../app/browserStore';
import { EMPTY, type History } from './brush/strokes';
import { type Edits, isUntouched, UNTOUCHED } from './edits';

export interface Work {
  edits: Edits;
  strokes: History;
  brushing: boolean;
}

export interface Kept extends Work {
  job: string;
  /** Whose it is, in a browser that several people use. */
  owner: string;
  /** Of the matte that the strokes lie over. */
  version: string;
  at: number;
}

export const UNBEGUN: Work = { edits: UNTOUCHED, strokes: EMPTY, brushing: false };

const STORE = 'works';
const KEPT_MS = 3 * 24 * 3600 * 1000;

const run = browserStore('lumiku-edits', (database) => database.createObjectStore(STORE, { keyPath: 'job' }));

const waiting = new Map<string, Kept>();
let writing: Promise<void> | null = null;

/** Keep it as it is now: one write at a time, and what was overtaken meanwhile is not written. */
export function keep(kept: Kept): void {
  waiting.set(kept.job, kept);
  writing ??= write().finally(() => {
    writing = null;
  });
}

async function write(): Promise<void> {
  for (const [job, kept] of waiting) {
    waiting.delete(job);
    if (isBegun(kept)) await run(STORE, 'readwrite', (store) => store.put(kept));
    else await run(STORE, 'readwrite', (store) => store.delete(job));
  }
}

/** Where this person's work on a picture stands; strokes over a matte that is another by now are gone. */
export async function recallWork(of: Pick<Kept, 'job' | 'owner' | 'version'>, now: number): Promise<Work> {
  await writing;
  const all = (await run<Kept[]>(STORE, 'readonly', (store) => store.getAll())) ?? [];
  for (const { job, at } of all) {
    if (now - at > KEPT_MS) await run(STORE, 'readwrite', (store) => store.delete(job));
  }
  const kept = all.find(({ job, owner, at }) => job === of.job && owner === of.owner && now - at <= KEPT_MS);
  if (!kept) return UNBEGUN;
  const edits = { ...UNTOUCHED, ...kept.edits };
  if (kept.version !== of.version) return { ...UNBEGUN, edits };
  return { edits, strokes: kept.strokes, brushing: kept.brushing };
}

function isBegun({ edits, strokes, brushing }: Work): boolean {
  return brushing || strokes.done.length > 0 || strokes.undone.length > 0 || !isUntouched(edits);
}
