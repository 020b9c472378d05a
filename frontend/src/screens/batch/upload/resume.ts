/** Where the files of an upload stand, by what the server has and what this browser kept. */
import type { Item } from '../calls';
import { readBatch } from '../calls';
import { keptFiles, type Remembered, recall } from './remembered';
import type { Sending } from './Upload';

/** Where one place stands after a reload. */
export function resumed(
  item: Pick<Item, 'position' | 'originalName' | 'uploaded' | 'size' | 'status'>,
  record: Pick<Remembered, 'files' | 'refused'> | undefined,
  kept: Map<number, File>,
): Sending {
  const { position } = item;
  const known = record?.files[position];
  const name = known?.name ?? item.originalName;
  const file = kept.get(position) ?? null;
  const size = file?.size ?? known?.size ?? item.size;
  const common = { position, name, size, path: known?.path, sentBytes: 0, file, code: null };
  if (item.status !== 'pending') return { ...common, state: 'refused', code: 'LEFT_OUT' };
  if (item.uploaded) return { ...common, state: 'sent', sentBytes: size ?? 0 };
  const code = record?.refused?.[position];
  if (code) return { ...common, state: 'refused', code };
  return { ...common, state: file ? 'waiting' : 'lost' };
}

/** Bring places up to what another tab has done to them; true if that changed any. */
export function adopt(places: readonly Sending[], items: readonly Item[]): boolean {
  const told = new Map(items.map((item) => [item.position, item]));
  let changed = false;
  for (const place of places) {
    const item = told.get(place.position);
    if (!item || place.state === 'sent' || place.state === 'sending') continue;
    const size = place.size ?? item.size;
    if (item.uploaded) Object.assign(place, { state: 'sent', size, sentBytes: size ?? 0, code: null });
    else if (item.status !== 'pending' && place.state !== 'refused')
      Object.assign(place, { state: 'refused', code: 'LEFT_OUT' });
    else continue;
    changed = true;
  }
  return changed;
}

/** The same by asking, with files that were picked in the other tab, and with what it had refused there. */
export async function catchUp(id: string, places: readonly Sending[]): Promise<void> {
  const [{ items }, record, kept] = await Promise.all([readBatch(id), recall(id), keptFiles(id)]);
  adopt(places, items);
  for (const place of places) {
    if (place.state !== 'lost') continue;
    const file = kept.get(place.position);
    const code = record?.refused?.[place.position];
    if (code) Object.assign(place, { state: 'refused', code });
    else if (file) Object.assign(place, { state: 'waiting', file, size: file.size });
  }
}
