/** A page of pictures. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Images } from 'lucide-react';
import { answer, api } from '../../api/client';
import { tabPath } from '../../app/routes';
import { useText } from '../../i18n/language';
import { LinkButton } from '../../ui/Button';
import { Empty, Skeleton } from '../../ui/Card';
import { ErrorNotice } from '../../ui/Notice';
import { Pages } from '../../ui/Pages';
import { type Filters, narrowing, queryOf } from './filters';
import styles from './Jobs.module.css';
import { Picture } from './Picture';
import { useLastPage } from './useLastPage';

export function Pictures({ filters, onPage }: { filters: Filters; onPage: (page: number) => void }) {
  const text = useText().jobs;
  const query = queryOf(filters);
  const { data, error, isPlaceholderData } = useQuery({
    queryKey: ['jobs', 'list', query],
    queryFn: ({ signal }) => answer(api.GET('/api/background-remover/jobs', { signal, params: { query } })),
    placeholderData: keepPreviousData,
  });
  useLastPage(isPlaceholderData ? undefined : data?.pagination, onPage);
  if (error && !data) return <ErrorNotice error={error} />;
  if (!data) return <Waiting />;
  if (data.jobs.length === 0 && filters.page === 1) {
    return (
      <Empty icon={<Images />} title={narrowing(filters) > 0 ? text.noneFound : text.none}>
        {narrowing(filters) === 0 && (
          <>
            <p>{text.noneAbout}</p>
            <LinkButton href={tabPath('single')} look="primary">
              {text.begin}
            </LinkButton>
          </>
        )}
      </Empty>
    );
  }
  return (
    <>
      <ul className={styles.list} aria-busy={isPlaceholderData || undefined}>
        {data.jobs.map((job) => (
          <Picture key={job.id} job={job} />
        ))}
      </ul>
      <Pages pagination={data.pagination} onPage={onPage} />
    </>
  );
}

export function Waiting() {
  return (
    <div className={styles.waiting}>
      {Array.from({ length: 6 }, (_, index) => (
        <Skeleton key={String(index)} height="5rem" />
      ))}
    </div>
  );
}
