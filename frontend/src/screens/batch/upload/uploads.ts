/** The uploads of this page, by batch; one that a reload cut off is built again from what is known. */
import type { BatchState } from '../calls';
import { pathOf } from '../files/dropped';
import { matched } from './match';
import { keepFiles, keptFiles, markPaused, type Remembered, recall, remember } from './remembered';
import { resumed } from './resume';
import { isTaken } from './turn';
import { type Sending, Upload } from './Upload';

const uploads = new Map<string, Upload>();
const rebuilding = new Map<string, Promise<Upload>>();

export function uploadOf(id: string): Upload | undefined {
  return uploads.get(id);
}

/** Begin to send the files of a batch that was declared just now. */
export async function beginUpload(record: Remembered, state: BatchState, files: File[]): Promise<Upload> {
  const items = files.map((file, position): Sending => {
    const { name, size } = file;
    return { position, name, size, path: pathOf(file), state: 'waiting', sentBytes: 0, file, code: null };
  });
  const upload = new Upload(record.id, state.batch.tier, items, record.agreed);
  uploads.set(record.id, upload);
  await remember(record);
  upload.run();
  const byPosition = new Map(files.map((file, position) => [position, file]));
  void keepFiles(record.id, byPosition, (position) => isNeeded(upload, position));
  return upload;
}

function isNeeded(upload: Upload, position: number): boolean {
  const state = upload.items[position]?.state;
  return state === 'waiting' || state === 'sending' || state === 'lost' || state === 'refused';
}

/** For a batch that waits for files, and of which this page knows nothing. */
export function rebuilt(state: BatchState): Promise<Upload> {
  const { id } = state.batch;
  const known = rebuilding.get(id);
  if (known) return known;
  const building = build(state);
  rebuilding.set(id, building);
  return building;
}

async function build(state: BatchState): Promise<Upload> {
  const { id, tier } = state.batch;
  const [record, kept] = await Promise.all([recall(id), keptFiles(id)]);
  const items = state.items.map((item) => resumed(item, record, kept));
  const upload = new Upload(id, tier, items, record?.agreed ?? null);
  uploads.set(id, upload);
  if (record?.paused) upload.rest();
  else upload.run();
  return upload;
}

/** Files that were picked again, given to the places that want them; how many found theirs. */
export function giveAgain(upload: Upload, files: File[]): number {
  const places = upload.items.map(({ state, ...item }) => ({ ...item, wants: state === 'lost' }));
  const found = matched(places, files);
  const later = (position: number) => isNeeded(upload, position);
  if (found.size > 0) {
    upload.give(found);
    void keepFiles(upload.id, found, later);
  }
  return found.size;
}

/** Somebody asked for it to go on, on a screen that does not show it. */
export function unpause(id: string): void {
  const known = uploads.get(id);
  if (known?.phase === 'paused') known.run();
  else void markPaused(id, false);
}

/** Send no more of it while it is asked whether it can be cancelled. */
export function holdUpload(id: string): void {
  uploads.get(id)?.rest();
}

/** Whether this page or another tab is sending it. */
export async function isOnItsWay(id: string): Promise<boolean> {
  return uploads.get(id)?.active || isTaken(id);
}

/** Forget an upload that is over. */
export function endUpload(id: string): void {
  uploads.get(id)?.stop();
  uploads.delete(id);
  rebuilding.delete(id);
}
