/**
 * What survives a reload: which batches are being sent, and, where there is room, the files themselves. The server
 * knows what has arrived.
 */
import { browserStore } from '../../../app/browserStore';

export interface Remembered {
  id: string;
  /** Whose it is, in a browser that several people use. */
  owner: string;
  name: string;
  /** The price that was shown when it began. */
  agreed: number;
  at: number;
  files: { name: string; size: number; path?: string }[];
  /** Places that were refused, with the code. */
  refused?: Record<number, string>;
  /** It goes on when somebody says so, and not before. */
  paused?: boolean;
}

/** Whose it is on an open server, where nobody is anybody. */
export const OPEN = 'open';

const RECORDS = 'records';
const FILES = 'files';
const KEPT_MS = 3 * 24 * 3600 * 1000;
const MOST_BYTES = 300_000_000;

const run = browserStore('lumiku-batches', (database) => {
  database.createObjectStore(RECORDS, { keyPath: 'id' });
  database.createObjectStore(FILES);
});

const range = (id: string) => IDBKeyRange.bound([id, 0], [id, 100_000]);

export async function remember(record: Remembered): Promise<void> {
  await run(RECORDS, 'readwrite', (store) => store.put(record));
}

export async function recall(id: string): Promise<Remembered | undefined> {
  return run<Remembered | undefined>(RECORDS, 'readonly', (store) => store.get(id));
}

/** A place will not be sent, and is not asked for after a reload. */
export async function markRefused(id: string, position: number, code: string | null): Promise<void> {
  if (code === null) return;
  await amend(id, (record) => ({ ...record, refused: { ...record.refused, [position]: code } }));
}

export async function markPaused(id: string, paused: boolean): Promise<void> {
  await amend(id, (record) => ({ ...record, paused }));
}

async function amend(id: string, change: (record: Remembered) => Remembered): Promise<void> {
  await run(RECORDS, 'readwrite', (store) => {
    const read: IDBRequest<Remembered | undefined> = store.get(id);
    read.onsuccess = () => read.result && store.put(change(read.result));
    return read;
  });
}

export async function forget(id: string): Promise<void> {
  await run(RECORDS, 'readwrite', (store) => store.delete(id));
  await run(FILES, 'readwrite', (store) => store.delete(range(id)));
}

/** The same, unless it is of somebody who was here before. */
export async function forgetOwn(id: string, owner: string): Promise<void> {
  if ((await recall(id))?.owner === owner) await forget(id);
}

/** The unfinished ones of this person, the newest first; those of long ago are thrown away. */
export async function unfinished(owner: string, now: number): Promise<Remembered[]> {
  const all = (await run<Remembered[]>(RECORDS, 'readonly', (store) => store.getAll())) ?? [];
  for (const each of all) if (now - each.at > KEPT_MS) await forget(each.id);
  return all
    .filter((each) => each.owner === owner && now - each.at <= KEPT_MS)
    .toSorted((a, b) => b.at - a.at);
}

/** Keep the files of a batch until they have been sent, unless they are too much for the browser. */
export async function keepFiles(
  id: string,
  files: Map<number, File>,
  isNeeded: (position: number) => boolean,
): Promise<void> {
  const bytes = [...files.values()].reduce((sum, file) => sum + file.size, 0);
  if (bytes > MOST_BYTES) return;
  for (const [position, file] of files) {
    if (!isNeeded(position)) continue;
    await run(FILES, 'readwrite', (store) => store.put(file, [id, position]));
    if (!isNeeded(position)) await dropFile(id, position);
  }
  if (!(await recall(id))) await forget(id); // thrown away meanwhile, here or in another tab
}

export async function dropFile(id: string, position: number): Promise<void> {
  await run(FILES, 'readwrite', (store) => store.delete([id, position]));
}

export async function keptFiles(id: string): Promise<Map<number, File>> {
  const keys = (await run(FILES, 'readonly', (store) => store.getAllKeys(range(id)))) ?? [];
  const files = (await run<File[]>(FILES, 'readonly', (store) => store.getAll(range(id)))) ?? [];
  const found = new Map<number, File>();
  keys.forEach((key, index) => {
    const position = Array.isArray(key) ? key[1] : null;
    const file = files[index];
    if (typeof position === 'number' && file) found.set(position, file);
  });
  return found;
}
