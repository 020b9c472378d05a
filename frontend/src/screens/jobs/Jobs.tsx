/** The jobs screen: everything that was handed in, as pictures or as batches. */
import { useLocation, useSearch } from 'wouter';
import { tabPath } from '../../app/routes';
import { useTitle } from '../../app/title';
import { useText } from '../../i18n/language';
import { useLive } from '../../live/useLive';
import { Segments } from '../../ui/Segments';
import { Batches } from './Batches';
import { type Filters, filtersOf, NONE, searchOf } from './filters';
import styles from './Jobs.module.css';
import { Narrow } from './Narrow';
import { Pictures } from './Pictures';

export default function Jobs() {
  const text = useText().jobs;
  const filters = filtersOf(useSearch());
  const [, go] = useLocation();
  useTitle(text.title);
  useLive();
  const change = (to: Partial<Filters>) => {
    go(`${tabPath('jobs')}${searchOf({ ...filters, page: 1, ...to })}`, { replace: to.page === undefined });
  };
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <h1>{text.title}</h1>
        <Segments
          label={text.show}
          value={filters.show}
          options={[
            ['pictures', text.pictures],
            ['batches', text.batches],
          ]}
          onChoose={(show) => change({ ...NONE, show })}
        />
      </header>
      <Narrow filters={filters} onChange={change} />
      {filters.show === 'batches' ? (
        <Batches filters={filters} onPage={(page) => change({ page })} />
      ) : (
        <Pictures filters={filters} onPage={(page) => change({ page })} />
      )}
    </div>
  );
}
