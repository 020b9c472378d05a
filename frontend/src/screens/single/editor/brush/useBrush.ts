/** The brush at work: what it draws on, where the pointer is, and its history. */
import { type PointerEvent, type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { canvasOf, matteCanvas, show, shownSize } from './canvases';
import { add, draw, type History, type Mode, redo, type Stroke, undo } from './strokes';

export interface Sheets {
  picture: ImageBitmap;
  grey: ImageBitmap;
}

type Canvas = CanvasRenderingContext2D;

interface Layers {
  picture: Canvas;
  base: Canvas;
  matte: Canvas;
  work: Canvas;
  target: Canvas;
}

function layersOf(target: HTMLCanvasElement, { picture, grey }: Sheets): Layers | null {
  const { width, height } = shownSize(grey.width, grey.height);
  target.width = width;
  target.height = height;
  const context = target.getContext('2d');
  if (context === null) return null;
  const shown = canvasOf(width, height);
  shown.drawImage(picture, 0, 0, width, height);
  const base = matteCanvas(grey, width, height);
  return {
    picture: shown,
    base,
    matte: canvasOf(width, height),
    work: canvasOf(width, height),
    target: context,
  };
}

export interface Held {
  mode: Mode;
  /** As a share of the picture's longer side. */
  radius: number;
  /** The pointer moves the picture about, and draws nothing. */
  resting: boolean;
}

/** `pointer` goes to what the canvas lies in, so that a stroke may begin beside the picture. */
export function useBrush(
  canvas: RefObject<HTMLCanvasElement | null>,
  sheets: Sheets,
  held: Held,
  begun: History,
) {
  const [history, setHistory] = useState(begun);
  const layers = useRef<Layers | null>(null);
  const stroke = useRef<Stroke | null>(null);
  const frame = useRef(0);

  const paint = useCallback(() => {
    frame.current = 0;
    const all = layers.current;
    if (all) show(all.target, all.picture, all.matte, all.work);
  }, []);
  useEffect(() => () => cancelAnimationFrame(frame.current), []);

  useEffect(() => {
    layers.current = canvas.current ? layersOf(canvas.current, sheets) : null;
  }, [canvas, sheets]);

  // After each stroke, and each one taken back: the model's matte, and all strokes over it.
  useEffect(() => {
    const all = layers.current;
    if (!all) return;
    all.matte.globalCompositeOperation = 'copy';
    all.matte.drawImage(all.base.canvas, 0, 0);
    for (const each of history.done) draw(all.matte, each);
    paint();
  }, [history, paint]);

  const extend = (event: PointerEvent) => {
    const { current } = stroke;
    const box = canvas.current?.getBoundingClientRect();
    if (!current || !layers.current || !box) return;
    const scale = Math.max(box.width, box.height);
    const point = { x: (event.clientX - box.left) / scale, y: (event.clientY - box.top) / scale };
    const longer = { ...current, points: [...current.points, point] };
    stroke.current = longer;
    draw(layers.current.matte, longer, longer.points.length - 1);
    frame.current ||= requestAnimationFrame(paint);
  };
  const drop = () => {
    if (stroke.current) setHistory((before) => ({ ...before })); // drawn anew, without it
    stroke.current = null;
  };
  return {
    history,
    undo: () => setHistory(undo),
    redo: () => setHistory(redo),
    pointer: {
      onPointerDown: (event: PointerEvent<HTMLElement>) => {
        if (!event.isPrimary) return drop(); // a second finger: they zoom
        if (event.button !== 0 || held.resting) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        stroke.current = { mode: held.mode, radius: held.radius, points: [] };
        extend(event);
      },
      onPointerMove: (event: PointerEvent) => event.isPrimary && extend(event),
      onPointerUp: () => {
        const { current } = stroke;
        stroke.current = null;
        if (current) setHistory((before) => add(before, current));
      },
      onPointerCancel: drop,
    },
  };
}
