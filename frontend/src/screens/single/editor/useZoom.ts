/** Looking closer: a pinch, the wheel with Ctrl, buttons, keys; then moving about by dragging. */
import {
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  useEffect,
  useRef,
  useState,
} from 'react';
import { closer, type Place, type View, WHOLE, within } from './view';

const STEP = 60;
const ARROWS = new Map<string, readonly [number, number]>([
  ['ArrowLeft', [STEP, 0]],
  ['ArrowRight', [-STEP, 0]],
  ['ArrowUp', [0, STEP]],
  ['ArrowDown', [0, -STEP]],
]);
const MIDDLE: Place = { x: 0, y: 0 };

/** Two fingers: how far apart, and where the middle between them is, from the middle of the area. */
function fingers(touches: TouchList, area: Element): { apart: number; middle: Place } | null {
  const [one, two] = [touches[0], touches[1]];
  if (!one || !two || touches.length !== 2) return null;
  const box = area.getBoundingClientRect();
  return {
    apart: Math.max(1, Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY)),
    middle: fromMiddle(box, (one.clientX + two.clientX) / 2, (one.clientY + two.clientY) / 2),
  };
}

function fromMiddle(box: DOMRect, x: number, y: number): Place {
  return { x: x - box.left - box.width / 2, y: y - box.top - box.height / 2 };
}

/** @param drags whether this press moves the picture about, rather than doing what is done there else. */
export function useZoom(drags: (event: PointerEvent) => boolean = () => true) {
  const ref = useRef<HTMLDivElement>(null);
  const [view, setView] = useState(WHOLE);
  const [pinching, setPinching] = useState(false);
  const change = (next: (before: View) => View) =>
    setView((before) => (ref.current ? within(next(before), ref.current) : before));
  const by = (factor: number) => change((before) => closer(before, factor, MIDDLE));
  const move = (dx: number, dy: number) =>
    change((before) => ({ ...before, x: before.x + dx, y: before.y + dy }));

  // React's own listeners are passive, and could not keep the page from zooming.
  useEffect(() => {
    const area = ref.current;
    if (!area) return;
    const set = (next: (before: View) => View) => setView((before) => within(next(before), area));
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const at = fromMiddle(area.getBoundingClientRect(), event.clientX, event.clientY);
      set((before) => closer(before, Math.exp(-event.deltaY / 200), at));
    };
    let last: ReturnType<typeof fingers> = null;
    const touch = (event: TouchEvent) => {
      const now = fingers(event.touches, area);
      setPinching(now !== null);
      if (now && event.cancelable) event.preventDefault();
      if (now && last) {
        const { apart, middle } = last;
        set((before) => {
          const moved = {
            ...before,
            x: before.x + now.middle.x - middle.x,
            y: before.y + now.middle.y - middle.y,
          };
          return closer(moved, now.apart / apart, now.middle);
        });
      }
      last = now;
    };
    const touches = ['touchstart', 'touchmove', 'touchend', 'touchcancel'] as const;
    area.addEventListener('wheel', wheel, { passive: false });
    for (const name of touches) area.addEventListener(name, touch, { passive: false });
    return () => {
      area.removeEventListener('wheel', wheel);
      for (const name of touches) area.removeEventListener(name, touch);
    };
  }, []);

  const drag = {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (view.level > 1 && drags(event)) event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      if (!pinching && event.currentTarget.hasPointerCapture(event.pointerId))
        move(event.movementX, event.movementY);
    },
  };
  const press = (key: string) => {
    if (key === '+' || key === '=') by(1.5);
    else if (key === '-') by(1 / 1.5);
    else if (key === '0') setView(WHOLE);
    else if (view.level > 1) move(...(ARROWS.get(key) ?? [0, 0]));
  };
  const style: CSSProperties = { transform: `translate(${view.x}px, ${view.y}px) scale(${view.level})` };
  return {
    level: view.level,
    /** One finger moves the line between before and after. */
    whole: view.level === 1 && !pinching,
    style,
    by,
    reset: () => setView(WHOLE),
    area: {
      ref,
      'data-zoomed': view.level > 1 || undefined,
      ...drag,
      onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
        if (event.target instanceof HTMLInputElement && event.key.startsWith('Arrow')) return;
        press(event.key);
      },
    },
  };
}
