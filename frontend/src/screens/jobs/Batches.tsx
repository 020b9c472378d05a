/** A page of batches. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Layers } from 'lucide-react';
import { answer, api } from '../../api/client';
import { tabPath } from '../../app/routes';
import { useText } from '../../i18n/language';
import { LinkButton } from '../../ui/Button';
import { Empty } from '../../ui/Card';
import { ErrorNotice } from '../../ui/Notice';
import { Pages } from '../../ui/Pages';
import { BatchLine } from './BatchLine';
import { batchQueryOf, type Filters, narrowing } from './filters';
import styles from './Jobs.module.css';
import { Waiting } from './Pictures';
import { useLastPage } from './useLastPage';

export function Batches({ filters, onPage }: { filters: Filters; onPage: (page: number) => void }) {
  const text = useText().jobs;
  const query = batchQueryOf(filters);
  const { data, error, isPlaceholderData } = useQuery({
    queryKey: ['batches', query],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/background-remover/batches', { signal, params: { query } })),
    placeholderData: keepPreviousData,
  });
  useLastPage(isPlaceholderData ? undefined : data?.pagination, onPage);
  if (error && !data) return <ErrorNotice error={error} />;
  if (!data) return <Waiting />;
  if (data.batches.length === 0 && filters.page === 1) {
    return narrowing(filters) > 0 ? (
      <Empty icon={<Layers />} title={text.noneFound} />
    ) : (
      <Empty icon={<Layers />} title={text.noBatches}>
        <LinkButton href={tabPath('batch')} look="primary">
          {text.beginBatch}
        </LinkButton>
      </Empty>
    );
  }
  return (
    <>
      <ul className={styles.list} aria-busy={isPlaceholderData || undefined}>
        {data.batches.map((batch) => (
          <BatchLine key={batch.id} batch={batch} />
        ))}
      </ul>
      <Pages pagination={data.pagination} onPage={onPage} />
    </>
  );
}
