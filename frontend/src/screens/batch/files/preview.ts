/** Small pictures of files, made a few at a time, and made once. */
import { sniff } from './sniff';

const EDGE = 112;
const AT_ONCE = 2;

/** Of a file that is damaged, where the browser would show it if it were not. */
export class Damaged extends Error {}

const made = new WeakMap<File, Promise<string | null>>();
let running = 0;
const queue: (() => void)[] = [];

/** An address of a small picture; null where this browser cannot show the format. Throws Damaged. */
export function previewOf(file: File): Promise<string | null> {
  let preview = made.get(file);
  if (!preview) {
    preview = inTurn(() => draw(file));
    preview.catch(() => undefined); // whoever asks is told; nobody may be asking
    made.set(file, preview);
  }
  return preview;
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) await new Promise<void>((resolve) => queue.push(resolve));
  else running += 1;
  try {
    return await work();
  } finally {
    const next = queue.shift();
    if (next) next();
    else running -= 1;
  }
}

async function draw(file: File): Promise<string | null> {
  const kind = await sniff(file).catch(() => null);
  try {
    const bitmap = await createImageBitmap(file, { resizeWidth: EDGE, resizeQuality: 'medium' });
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
    bitmap.close();
    return URL.createObjectURL(await canvas.convertToBlob({ type: 'image/webp', quality: 0.7 }));
  } catch (error) {
    if (kind?.shown && error instanceof DOMException && error.name === 'InvalidStateError')
      throw new Damaged();
    return null;
  }
}
