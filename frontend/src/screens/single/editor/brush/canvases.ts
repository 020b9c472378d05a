/** Pictures and mattes on canvases. A matte's canvas is white, and its alpha is what is kept. */
import { draw, type Stroke } from './strokes';

const SHOWN_PX = 1600; // as large as it is shown; the matte itself is edited at full size when it is saved

/** @param read its pixels are read, so it is kept where that is quick. */
export function canvasOf(width: number, height: number, read = false): CanvasRenderingContext2D {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', { willReadFrequently: read });
  if (context === null) throw new Error('no canvas');
  return context;
}

export function shownSize(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(1, SHOWN_PX / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** A grey picture as a white canvas with that alpha. */
export function matteCanvas(grey: ImageBitmap, width: number, height: number): CanvasRenderingContext2D {
  const context = canvasOf(width, height, true);
  context.drawImage(grey, 0, 0, width, height);
  const pixels = context.getImageData(0, 0, width, height);
  const { data } = pixels;
  for (let at = 0; at < data.length; at += 4) {
    data[at + 3] = data[at] ?? 0;
    data[at] = 255;
    data[at + 1] = 255;
    data[at + 2] = 255;
  }
  context.putImageData(pixels, 0, 0);
  return context;
}

/** The matte with all strokes, at its full size, as the server takes it: grey on black. */
export async function editedMatte(grey: ImageBitmap, strokes: readonly Stroke[]): Promise<Blob> {
  const matte = matteCanvas(grey, grey.width, grey.height);
  for (const stroke of strokes) draw(matte, stroke);
  const flat = canvasOf(grey.width, grey.height);
  flat.fillStyle = '#000';
  flat.fillRect(0, 0, grey.width, grey.height);
  flat.drawImage(matte.canvas, 0, 0);
  return new Promise((resolve, reject) => {
    flat.canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no PNG'))), 'image/png');
  });
}

/** The cut-out as it would be, over a faint picture that shows what can come back. */
export function show(
  target: CanvasRenderingContext2D,
  picture: CanvasRenderingContext2D,
  matte: CanvasRenderingContext2D,
  work: CanvasRenderingContext2D,
): void {
  const { width, height } = target.canvas;
  work.globalCompositeOperation = 'copy';
  work.drawImage(picture.canvas, 0, 0);
  work.globalCompositeOperation = 'destination-in';
  work.drawImage(matte.canvas, 0, 0);
  target.clearRect(0, 0, width, height);
  target.globalAlpha = 0.22;
  target.drawImage(picture.canvas, 0, 0);
  target.globalAlpha = 1;
  target.drawImage(work.canvas, 0, 0);
}
