/** One page of several: back, on, and where one is. */
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useFormat, useText } from '../i18n/language';
import { IconButton } from './Button';
import styles from './Pages.module.css';

interface Props {
  page: number;
  pages: number;
  onPage: (page: number) => void;
}

export function Pages({ page, pages, onPage }: Props) {
  const text = useText().shell;
  const format = useFormat();
  if (pages <= 1) return null;
  return (
    <nav className={styles.pages} aria-label={text.pages.label}>
      <IconButton
        label={text.pages.before}
        icon={<ChevronLeft />}
        disabled={page <= 1}
        onClick={() => onPage(page - 1)}
      />
      <span aria-live="polite">{text.of(format.number(page), format.number(pages))}</span>
      <IconButton
        label={text.pages.after}
        icon={<ChevronRight />}
        disabled={page >= pages}
        onClick={() => onPage(page + 1)}
      />
    </nav>
  );
}
