/** The brush's outline: it follows the pointer without React, and shows itself when its size changes. */
import { type PointerEvent, type RefObject, useEffect, useRef } from 'react';

const SHOWN_MS = 900;

/** @param share the brush's width as a share of the canvas's longer side, as it is shown before any zoom. */
export function useRing(canvas: RefObject<HTMLCanvasElement | null>, share: number) {
  const ring = useRef<HTMLDivElement>(null);
  const inside = useRef(false);
  const place = (left: number, top: number) => {
    const [circle, sheet] = [ring.current, canvas.current];
    if (!circle || !sheet) return;
    const width = Math.max(3, share * Math.max(sheet.clientWidth, sheet.clientHeight));
    circle.style.setProperty('--width', `${width}px`);
    circle.style.translate = `${left - width / 2}px ${top - width / 2}px`;
    circle.hidden = false;
  };
  const latest = useRef(place);
  latest.current = place;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new size is what it is for
  useEffect(() => {
    const area = ring.current?.parentElement;
    if (!area || inside.current) return;
    latest.current(area.clientWidth / 2, area.clientHeight / 2);
    const timer = setTimeout(() => {
      if (ring.current && !inside.current) ring.current.hidden = true;
    }, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [share]);

  return {
    ref: ring,
    pointer: {
      onPointerMove: (event: PointerEvent<HTMLElement>) => {
        const box = event.currentTarget.getBoundingClientRect();
        inside.current = true;
        place(event.clientX - box.left, event.clientY - box.top);
      },
      onPointerLeave: () => {
        inside.current = false;
        if (ring.current) ring.current.hidden = true;
      },
    },
  };
}
