/** Strokes of the brush as data, and how they are drawn into a matte: its alpha is what is kept. */

export type Mode = 'keep' | 'erase';

export interface Point {
  x: number;
  y: number;
}

/** Lengths are shares of the picture's longer side, so that a stroke fits a canvas of any size. */
export interface Stroke {
  mode: Mode;
  radius: number;
  points: readonly Point[];
}

/** What was drawn, and what was taken back and can come again. */
export interface History {
  done: readonly Stroke[];
  undone: readonly Stroke[];
}

export const EMPTY: History = { done: [], undone: [] };

export function add({ done }: History, stroke: Stroke): History {
  return { done: [...done, stroke], undone: [] };
}

export function undo({ done, undone }: History): History {
  const last = done.at(-1);
  return last ? { done: done.slice(0, -1), undone: [...undone, last] } : { done, undone };
}

export function redo({ done, undone }: History): History {
  const next = undone.at(-1);
  return next ? { done: [...done, next], undone: undone.slice(0, -1) } : { done, undone };
}

/** Draw a stroke, or the part of it from a point on. */
export function draw(context: CanvasRenderingContext2D, stroke: Stroke, from = 0): void {
  const { width, height } = context.canvas;
  const scale = Math.max(width, height);
  const radius = Math.max(1, stroke.radius * scale);
  context.save();
  context.globalCompositeOperation = stroke.mode === 'keep' ? 'source-over' : 'destination-out';
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.strokeStyle = '#fff';
  context.lineWidth = radius * 2;
  context.beginPath();
  const points = stroke.points.slice(Math.max(0, from - 1));
  for (const [index, { x, y }] of points.entries()) {
    if (index === 0) context.moveTo(x * scale, y * scale);
    context.lineTo(x * scale, y * scale);
  }
  context.stroke();
  context.restore();
}
