/** The brush at work: what it draws on, where the pointer is, and its history. */
import { type PointerEvent, type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { canvasOf, matteCanvas, show, shownSize } from './canvases';
import { add, draw, EMPTY, type History, type Mode, redo, type Stroke, undo } from './strokes';

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

export function useBrush(
  canvas: RefObject<HTMLCanvasElement | null>,
  sheets: Sheets,
  mode: Mode,
  radius: number,
) {
  const [history, setHistory] = useState<History>(EMPTY);
  const layers = useRef<Layers | null>(null);
  const stroke = useRef<Stroke | null>(null);

  const paint = useCallback(() => {
    const all = layers.current;
    if (all) show(all.target, all.picture, all.matte, all.work);
  }, []);

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

  const at = (event: PointerEvent<HTMLCanvasElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const scale = Math.max(box.width, box.height);
    return { x: (event.clientX - box.left) / scale, y: (event.clientY - box.top) / scale };
  };
  const extend = (event: PointerEvent<HTMLCanvasElement>) => {
    const { current } = stroke;
    if (!current || !layers.current) return;
    const longer = { ...current, points: [...current.points, at(event)] };
    stroke.current = longer;
    draw(layers.current.matte, longer, longer.points.length - 1);
    paint();
  };
  return {
    history,
    undo: () => setHistory(undo),
    redo: () => setHistory(redo),
    clear: () => setHistory(EMPTY),
    pointer: {
      onPointerDown: (event: PointerEvent<HTMLCanvasElement>) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        stroke.current = { mode, radius, points: [] };
        extend(event);
      },
      onPointerMove: extend,
      onPointerUp: () => {
        const { current } = stroke;
        stroke.current = null;
        if (current) setHistory((before) => add(before, current));
      },
      onPointerCancel: () => {
        stroke.current = null;
        setHistory((before) => ({ ...before }));
      },
    },
  };
}
