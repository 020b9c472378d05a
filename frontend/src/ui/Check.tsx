/** A box to tick, with its words. */
import { type ComponentProps, type ReactNode, useId } from 'react';
import styles from './Check.module.css';

export function Check({
  children,
  hint,
  ...input
}: ComponentProps<'input'> & { children: ReactNode; hint?: string }) {
  const id = useId();
  return (
    <div className={styles.check}>
      <input {...input} type="checkbox" id={id} aria-describedby={hint ? `${id}-hint` : undefined} />
      <label htmlFor={id}>{children}</label>
      {hint && <small id={`${id}-hint`}>{hint}</small>}
    </div>
  );
}
