/** The uploads of this page, by batch; one that a reload cut off is built again from what is known. */
import type { BatchState, Item } from './calls';
import { matched } from './match';
import { keepFiles, keptFiles, type Remembered, recall, remember } from './remembered';
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
    return { position, name, size, state: 'waiting', sentBytes: 0, file, code: null };
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
  upload.run();
  return upload;
}

/** Where one place stands after a reload. */
export function resumed(
  item: Pick<Item, 'position' | 'originalName' | 'uploaded' | 'status'>,
  record: Pick<Remembered, 'files' | 'refused'> | undefined,
  kept: Map<number, File>,
): Sending {
  const { position } = item;
  const name = record?.files[position]?.name ?? item.originalName;
  const file = kept.get(position) ?? null;
  const size = file?.size ?? record?.files[position]?.size ?? null;
  const common = { position, name, size, sentBytes: 0, file, code: null };
  if (item.status !== 'pending') return { ...common, state: 'refused', code: 'LEFT_OUT' };
  if (item.uploaded) return { ...common, state: 'sent', sentBytes: size ?? 0 };
  const code = record?.refused?.[position];
  if (code) return { ...common, state: 'refused', code };
  return { ...common, state: file ? 'waiting' : 'lost' };
}

/** Files that were picked again, given to the places that want them; how many found theirs. */
export function giveAgain(upload: Upload, files: File[]): number {
  const lost = upload.items.filter((item) => item.state === 'lost');
  const found = matched(lost, files);
  const later = (position: number) => isNeeded(upload, position);
  if (found.size > 0) {
    upload.give(found);
    void keepFiles(upload.id, found, later);
  }
  return found.size;
}

/** Forget an upload that is over. */
export function endUpload(id: string): void {
  uploads.get(id)?.stop();
  uploads.delete(id);
  rebuilding.delete(id);
}
