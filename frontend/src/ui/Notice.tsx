/** A line that tells something, aloud where it matters. */
import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useErrorText } from './errorText';
import styles from './Notice.module.css';

type Kind = 'info' | 'good' | 'bad' | 'warn';

const ICONS = { info: Info, good: CircleCheck, bad: CircleAlert, warn: TriangleAlert };

interface Props {
  kind?: Kind;
  children: ReactNode;
  action?: ReactNode;
}

export function Notice({ kind = 'info', children, action }: Props) {
  const Icon = ICONS[kind];
  return (
    <div className={`${styles.notice} ${styles[kind]}`} role={kind === 'bad' ? 'alert' : 'status'}>
      <div className={styles.said}>
        <Icon aria-hidden="true" />
        <div>{children}</div>
      </div>
      {action}
    </div>
  );
}

/** What went wrong and what to do about it; nothing where nothing did. */
export function ErrorNotice({ error, action }: { error: unknown; action?: ReactNode }) {
  const describe = useErrorText();
  if (!error) return null;
  return (
    <Notice kind="bad" action={action}>
      {describe(error)}
    </Notice>
  );
}
