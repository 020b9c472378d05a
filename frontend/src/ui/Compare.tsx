/** Two layers and a line between them that is dragged, or moved by keyboard. */
import type { CSSProperties, ReactNode } from 'react';
import styles from './Compare.module.css';
import { useLine } from './useLine';

interface Props {
  before: ReactNode;
  after: ReactNode;
  label: string;
  /** The line can be dragged from anywhere; else by its handle only. */
  anywhere?: boolean;
  first?: number;
}

export function Compare({ before, after, label, anywhere = true, first = 50 }: Props) {
  const { at, setAt, box, handlers } = useLine(first);
  return (
    <div
      ref={box}
      className={`${styles.compare} ${anywhere ? styles.anywhere : ''}`}
      style={{ '--at': `${at}%` } as CSSProperties}
      {...(anywhere && handlers)}
    >
      <div className={styles.layer}>{after}</div>
      <div className={`${styles.layer} ${styles.before}`}>{before}</div>
      <input
        type="range"
        className={styles.range}
        aria-label={label}
        value={Math.round(at)}
        onChange={(event) => setAt(Number(event.target.value))}
      />
      <div className={styles.line} {...handlers} aria-hidden="true">
        <span className={styles.handle} />
      </div>
    </div>
  );
}
