/** What keys and fingers do while one paints. */
import type { ReactNode } from 'react';
import { useText } from '../../../../i18n/language';
import styles from './Brush.module.css';

export function Hints() {
  const text = useText().single.brush.hints;
  return (
    <>
      <ul className={styles.hints}>
        <Hint does={text.size}>
          <kbd>[</kbd> <kbd>]</kbd>
        </Hint>
        <Hint does={text.swap}>
          <kbd>X</kbd>
        </Hint>
        <Hint does={text.zoom}>
          <kbd>+</kbd> <kbd>−</kbd> <kbd>{text.wheel}</kbd>
        </Hint>
        <Hint does={text.move}>
          <kbd>{text.drag}</kbd>
        </Hint>
      </ul>
      <p className={styles.fingers}>{text.fingers}</p>
    </>
  );
}

function Hint({ does, children }: { does: string; children: ReactNode }) {
  return (
    <li>
      <span>{children}</span> {does}
    </li>
  );
}
