/** From page to page of a list. */
import { ChevronLeft, ChevronRight } from 'lucide-react';
import type { Schemas } from '../api/client';
import { useFormat, useText } from '../i18n/language';
import { IconButton } from './Button';
import styles from './Pages.module.css';

interface Props {
  pagination: Schemas['Pagination'];
  onPage: (page: number) => void;
}

export function Pages({ pagination, onPage }: Props) {
  const text = useText().shell.pages;
  const { number } = useFormat();
  const { page, pages, total } = pagination;
  const turn = (to: number) => {
    onPage(to);
    window.scrollTo({ top: 0 });
  };
  return (
    <nav className={styles.pages} aria-label={text.label}>
      <span>{text.all(number(total))}</span>
      {pages > 1 && (
        <>
          <IconButton
            label={text.before}
            icon={<ChevronLeft />}
            disabled={page <= 1}
            onClick={() => turn(page - 1)}
          />
          <span aria-live="polite">{text.page(number(page), number(pages))}</span>
          <IconButton
            label={text.after}
            icon={<ChevronRight />}
            disabled={page >= pages}
            onClick={() => turn(page + 1)}
          />
        </>
      )}
    </nav>
  );
}
