/** Looking closer: wheel with Ctrl or a pinch, buttons, keys; then moving about by dragging. */
import {
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  useEffect,
  useRef,
  useState,
} from 'react';

const MOST = 8;
const STEP = 60;

interface View {
  level: number;
  x: number;
  y: number;
}

const ARROWS = new Map<string, readonly [number, number]>([
  ['ArrowLeft', [STEP, 0]],
  ['ArrowRight', [-STEP, 0]],
  ['ArrowUp', [0, STEP]],
  ['ArrowDown', [0, -STEP]],
]);
const WHOLE: View = { level: 1, x: 0, y: 0 };

function bounded({ level, x, y }: View, area: Element | null): View {
  if (level <= 1 || !area) return WHOLE;
  const reachX = (area.clientWidth * (level - 1)) / 2;
  const reachY = (area.clientHeight * (level - 1)) / 2;
  const within = (value: number, reach: number) => Math.min(reach, Math.max(-reach, value));
  return { level: Math.min(level, MOST), x: within(x, reachX), y: within(y, reachY) };
}

export function useZoom() {
  const ref = useRef<HTMLDivElement>(null);
  const [view, setView] = useState(WHOLE);
  const change = (next: (before: View) => View) => setView((before) => bounded(next(before), ref.current));
  const by = (factor: number) =>
    change(({ level, x, y }) => ({ level: level * factor, x: x * factor, y: y * factor }));
  const move = (dx: number, dy: number) =>
    change((before) => ({ ...before, x: before.x + dx, y: before.y + dy }));

  // React's own wheel listener is passive, and could not keep the page from zooming.
  useEffect(() => {
    const area = ref.current;
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const factor = Math.exp(-event.deltaY / 200);
      setView((before) =>
        bounded({ level: before.level * factor, x: before.x * factor, y: before.y * factor }, area),
      );
    };
    area?.addEventListener('wheel', wheel, { passive: false });
    return () => area?.removeEventListener('wheel', wheel);
  }, []);

  const drag = {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (view.level > 1) event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      if (event.currentTarget.hasPointerCapture(event.pointerId)) move(event.movementX, event.movementY);
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
