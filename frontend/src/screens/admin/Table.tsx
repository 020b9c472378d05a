/** A table that scrolls within its frame where the screen is narrow. */
import type { ReactNode } from 'react';
import styles from './Admin.module.css';

interface Props {
  label: string;
  head: readonly string[];
  children: ReactNode;
}

export function Table({ label, head, children }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section className={styles.scroll} aria-label={label} tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            {head.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}
