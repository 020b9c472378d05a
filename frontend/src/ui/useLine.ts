/** A line that is dragged by the mouse, a pen or one finger; two fingers never move it. */
import { type PointerEvent, useEffect, useRef, useState } from 'react';

const SLOP_PX = 6; // a finger that moved less has not said yet what it wants

interface Drag {
  pointer: number;
  /** Where the line was, and goes back to where this turns out to be no drag. */
  from: number;
  x: number;
  moving: boolean;
}

/** `at`: where the line is, in percent of the box's width. */
export function useLine(first: number) {
  const [at, setAt] = useState(first);
  const box = useRef<HTMLDivElement>(null);
  const drag = useRef<Drag | null>(null);

  const place = (event: PointerEvent) => {
    const area = box.current?.getBoundingClientRect();
    if (area) setAt(Math.min(100, Math.max(0, ((event.clientX - area.left) / area.width) * 100)));
  };
  const giveBack = () => {
    if (drag.current) setAt(drag.current.from);
    drag.current = null;
  };

  // The second finger may come down beside the box.
  useEffect(() => {
    const down = (event: TouchEvent) => event.touches.length > 1 && giveBack();
    window.addEventListener('touchstart', down, { passive: true });
    return () => window.removeEventListener('touchstart', down);
  });

  const handlers = {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (!event.isPrimary) return giveBack();
      if (event.button !== 0) return;
      event.stopPropagation();
      event.currentTarget.setPointerCapture(event.pointerId);
      const moving = event.pointerType !== 'touch';
      drag.current = { pointer: event.pointerId, from: at, x: event.clientX, moving };
      if (moving) place(event);
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      const { current } = drag;
      if (current?.pointer !== event.pointerId) return;
      current.moving ||= Math.abs(event.clientX - current.x) > SLOP_PX;
      if (current.moving) place(event);
    },
    onPointerUp: (event: PointerEvent<HTMLElement>) => {
      if (drag.current?.pointer !== event.pointerId) return;
      place(event); // a tap moves it, too
      drag.current = null;
    },
    /** The browser took the finger for scrolling. */
    onPointerCancel: giveBack,
  };
  return { at, setAt, box, handlers };
}
