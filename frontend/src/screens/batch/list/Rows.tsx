/** The list of up to 500 files, of which those in sight are there. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, type ReactNode, useRef, useState } from 'react';
import { Flight } from './Flight';
import { Flying, Row } from './Row';
import styles from './Rows.module.css';
import type { RowView } from './rowView';

interface Props {
  label: string;
  rows: readonly RowView[];
  actions: (row: RowView) => ReactNode;
}

const ROW_REM = 4.25; // all of one height, so that none has to be measured while the list scrolls
const MOST_REM = 46;

export function Rows({ label, rows, actions }: Props) {
  const frame = useRef<HTMLElement>(null);
  const [rem] = useState(() => Number.parseFloat(getComputedStyle(document.documentElement).fontSize));
  const [flight] = useState(() => new Flight());
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW_REM * rem,
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 8,
  });
  const total = virtual.getTotalSize();
  return (
    <section
      className={styles.frame}
      ref={frame}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and has to by keyboard
      tabIndex={0}
      aria-label={label}
      onScroll={(event) => flight.scrolled(event.currentTarget.scrollTop, performance.now())}
      style={{ height: Math.min(total + 2, MOST_REM * rem) }}
    >
      <Flying value={flight}>
        <ul className={styles.list} style={{ height: total }}>
          {virtual.getVirtualItems().map(({ index, key, start }) => {
            const row = rows[index];
            return (
              row && (
                <Line key={key} row={row} index={index} count={rows.length} start={start} actions={actions} />
              )
            );
          })}
        </ul>
      </Flying>
    </section>
  );
}

interface LineProps {
  row: RowView;
  index: number;
  count: number;
  start: number;
  actions: Props['actions'];
}

/** While the list scrolls, only lines that come into sight are drawn. */
const Line = memo(function Line({ row, index, count, start, actions }: LineProps) {
  return (
    <li
      className={styles.row}
      style={{ transform: `translateY(${start}px)` }}
      aria-setsize={count}
      aria-posinset={index + 1}
    >
      <Row row={row}>{actions(row)}</Row>
    </li>
  );
});
