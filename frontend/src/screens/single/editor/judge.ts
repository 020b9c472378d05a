/** Looks at a picture before it becomes the background, so that one which cannot be used is refused where it is chosen. */
import type { Start } from '../../../app/session';
import { sniff } from '../../batch/files/sniff';

export type Verdict =
  | {
      refused: 'EMPTY_FILE' | 'FILE_TOO_LARGE' | 'INVALID_FILE_TYPE' | 'IMAGE_TOO_LARGE' | 'UNREADABLE_IMAGE';
    }
  /** `unseen`: the server reads it, this browser does not. */
  | { refused: null; unseen: boolean };

/** Width times height, where the browser decodes all of it. */
export type Measure = (file: File) => Promise<number>;

export async function judge(
  file: File,
  limits: Start['limits'],
  measure: Measure = decoded,
): Promise<Verdict> {
  if (file.size === 0) return { refused: 'EMPTY_FILE' };
  if (file.size > limits.maxBytes) return { refused: 'FILE_TOO_LARGE' };
  const kind = await sniff(file).catch(() => null);
  if (kind === null) return { refused: 'INVALID_FILE_TYPE' };
  try {
    const pixels = await measure(file);
    return pixels > limits.maxPixels ? { refused: 'IMAGE_TOO_LARGE' } : { refused: null, unseen: false };
  } catch {
    return kind.shown ? { refused: 'UNREADABLE_IMAGE' } : { refused: null, unseen: true };
  }
}

async function decoded(file: File): Promise<number> {
  const url = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const pixels = image.naturalWidth * image.naturalHeight;
    (await createImageBitmap(file, { resizeWidth: 8 })).close(); // an <img> shows what there is of a torn file
    return pixels;
  } finally {
    URL.revokeObjectURL(url);
  }
}
