/** The list of up to 500 files, of which those in sight are there. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, type ReactNode, useRef } from 'react';
import { Row } from './Row';
import styles from './Rows.module.css';
import type { RowView } from './rows';

interface Props {
  label: string;
  rows: readonly RowView[];
  actions: (row: RowView) => ReactNode;
}

const ROW_PX = 64;
const MOST_PX = 736;

export function Rows({ label, rows, actions }: Props) {
  const frame = useRef<HTMLElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW_PX,
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
      style={{ height: Math.min(total + 2, MOST_PX) }}
    >
      <ul className={styles.list} style={{ height: total }}>
        {virtual.getVirtualItems().map(({ index, key, start }) => {
          const row = rows[index];
          return (
            row && (
              <Line
                key={key}
                row={row}
                index={index}
                count={rows.length}
                start={start}
                measure={virtual.measureElement}
                actions={actions}
              />
            )
          );
        })}
      </ul>
    </section>
  );
}

interface LineProps {
  row: RowView;
  index: number;
  count: number;
  start: number;
  measure: (element: Element | null) => void;
  actions: Props['actions'];
}

/** While the list scrolls, only lines that come into sight are drawn. */
const Line = memo(function Line({ row, index, count, start, measure, actions }: LineProps) {
  return (
    <li
      ref={measure}
      data-index={index}
      className={styles.row}
      style={{ transform: `translateY(${start}px)` }}
      aria-setsize={count}
      aria-posinset={index + 1}
    >
      <Row row={row}>{actions(row)}</Row>
    </li>
  );
});
