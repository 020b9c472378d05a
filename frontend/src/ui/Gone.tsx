/** What takes the place of something that was deleted, in this tab or elsewhere: the word, and ways on. */
import { Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { Empty } from './Card';
import styles from './Gone.module.css';

interface Props {
  text: { title: string; about: string };
  children: ReactNode;
}

export function Gone({ text, children }: Props) {
  return (
    <Empty icon={<Trash2 aria-hidden="true" />} title={text.title}>
      <p role="alert">{text.about}</p>
      <div className={styles.ways}>{children}</div>
    </Empty>
  );
}
