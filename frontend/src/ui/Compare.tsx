/** Two layers and a line between them that is dragged, or moved by keyboard. */
import { type PointerEvent, type ReactNode, useRef, useState } from 'react';
import styles from './Compare.module.css';

interface Props {
  before: ReactNode;
  after: ReactNode;
  label: string;
  /** The line can be dragged from anywhere; else by its handle only. */
  anywhere?: boolean;
  first?: number;
}

export function Compare({ before, after, label, anywhere = true, first = 50 }: Props) {
  const [at, setAt] = useState(first);
  const box = useRef<HTMLDivElement>(null);
  const move = (event: PointerEvent) => {
    const area = box.current?.getBoundingClientRect();
    if (area) setAt(Math.min(100, Math.max(0, ((event.clientX - area.left) / area.width) * 100)));
  };
  const grab = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    move(event);
  };
  const drag = (event: PointerEvent<HTMLElement>) => {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) move(event);
  };
  return (
    <div
      ref={box}
      className={`${styles.compare} ${anywhere ? styles.anywhere : ''}`}
      onPointerDown={anywhere ? grab : undefined}
      onPointerMove={anywhere ? drag : undefined}
    >
      <div className={styles.layer}>{after}</div>
      <div className={styles.layer} style={{ clipPath: `inset(0 ${100 - at}% 0 0)` }}>
        {before}
      </div>
      <input
        type="range"
        className={styles.range}
        aria-label={label}
        value={Math.round(at)}
        onChange={(event) => setAt(Number(event.target.value))}
      />
      <div
        className={styles.line}
        style={{ left: `${at}%` }}
        onPointerDown={grab}
        onPointerMove={drag}
        aria-hidden="true"
      >
        <span className={styles.handle} />
      </div>
    </div>
  );
}
