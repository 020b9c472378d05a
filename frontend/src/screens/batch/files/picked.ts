/** The files that somebody has picked and not sent yet, and which of them cannot be taken. */
import type { Start } from '../../../app/session';
import { pathOf } from './dropped';
import { sniff } from './sniff';

type Limits = Start['limits'];
export type Refusal = 'INVALID_FILE_TYPE' | 'FILE_TOO_LARGE' | 'EMPTY' | 'TOO_MANY' | 'BATCH_TOO_LARGE';

export interface Picked {
  key: number;
  file: File;
  /** Null while it is being looked at; false for what is no picture. */
  picture: boolean | null;
}

export interface Judged extends Picked {
  refusal: Refusal | null;
}

let nextKey = 0;

/** `files` without those that are there already. */
export function added(before: readonly Picked[], files: readonly File[]): Picked[] {
  const known = new Set(before.map(({ file }) => nameOf(file)));
  const fresh: Picked[] = [];
  for (const file of files) {
    if (known.has(nameOf(file))) continue;
    known.add(nameOf(file));
    fresh.push({ key: nextKey, file, picture: null });
    nextKey += 1;
  }
  return fresh;
}

function nameOf(file: File): string {
  return `${pathOf(file)}\0${file.size}\0${file.lastModified}`;
}

/** Look at each file's beginning; a file that cannot be read is no picture. */
export async function looked(picked: readonly Picked[]): Promise<Map<number, boolean>> {
  const seen = await Promise.all(
    picked.map(async ({ key, file }) => [key, await sniff(file).then(Boolean, () => false)] as const),
  );
  return new Map(seen);
}

/** Which can be sent: the first ones that fit, when there are too many. */
export function judged(picked: readonly Picked[], limits: Limits): Judged[] {
  let count = 0;
  let bytes = 0;
  return picked.map((each) => {
    const refusal =
      refusalOf(each, limits) ??
      (count >= limits.maxBatchImages
        ? 'TOO_MANY'
        : bytes + each.file.size > limits.maxBatchBytes
          ? 'BATCH_TOO_LARGE'
          : null);
    if (refusal === null) {
      count += 1;
      bytes += each.file.size;
    }
    return { ...each, refusal };
  });
}

function refusalOf({ file, picture }: Picked, limits: Limits): Refusal | null {
  if (picture === false) return file.size === 0 ? 'EMPTY' : 'INVALID_FILE_TYPE';
  return file.size > limits.maxBytes ? 'FILE_TOO_LARGE' : null;
}
