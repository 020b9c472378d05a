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
import { PER_PAGE } from './filters';
import styles from './Jobs.module.css';
import { Waiting } from './Pictures';

export function Batches({ page, onPage }: { page: number; onPage: (page: number) => void }) {
  const text = useText().jobs;
  const { data, error } = useQuery({
    queryKey: ['batches', page],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/background-remover/batches', { signal, params: { query: { page, limit: PER_PAGE } } }),
      ),
    placeholderData: keepPreviousData,
  });
  if (error && !data) return <ErrorNotice error={error} />;
  if (!data) return <Waiting />;
  if (data.batches.length === 0 && page === 1) {
    return (
      <Empty icon={<Layers />} title={text.noBatches}>
        <LinkButton href={tabPath('batch')} look="primary">
          {text.beginBatch}
        </LinkButton>
      </Empty>
    );
  }
  return (
    <>
      <ul className={styles.list}>
        {data.batches.map((batch) => (
          <BatchLine key={batch.id} batch={batch} />
        ))}
      </ul>
      <Pages pagination={data.pagination} onPage={onPage} />
    </>
  );
}
