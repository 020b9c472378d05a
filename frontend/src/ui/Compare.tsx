/** Two layers and a line between them that is dragged, or moved by keyboard. */
import { type CSSProperties, type ReactNode, useState } from 'react';
import styles from './Compare.module.css';
import { useLine } from './useLine';

interface Props {
  before: ReactNode;
  after: ReactNode;
  label: string;
  /** The line can be dragged from anywhere; else by its handle only. */
  anywhere?: boolean;
  first?: number;
  /** The line comes from the right: 'wait' holds it there, 'go' lets it come. */
  reveal?: 'wait' | 'go' | undefined;
}

export function Compare({ before, after, label, anywhere = true, first = 50, reveal }: Props) {
  const { at, setAt, box, handlers } = useLine(first);
  const [touched, setTouched] = useState(false);
  return (
    <div
      ref={box}
      className={`${styles.compare} ${anywhere ? styles.anywhere : ''}`}
      data-reveal={touched ? undefined : reveal}
      style={{ '--at': `${at}%` } as CSSProperties}
      onPointerDownCapture={() => setTouched(true)}
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
