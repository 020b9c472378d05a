/** Credits, removals, credits spent and the plan's quota, in the bar on top. */
import { useQuery } from '@tanstack/react-query';
import { statsQuery } from '../api/queries';
import { useFormat, useText } from '../i18n/language';
import styles from './StatsBar.module.css';
import { useStart } from './session';

export function StatsBar() {
  const text = useText().shell.stats;
  const format = useFormat();
  const { open } = useStart();
  const { data } = useQuery(statsQuery);
  if (!data) return <div className={styles.stats} aria-hidden="true" />;
  const quota = data.quota as { remaining?: number; limit?: number } | null;
  return (
    <dl className={styles.stats} aria-label={text.label}>
      {!open && <Figure name={text.credits} value={format.number(data.creditBalance)} strong />}
      <Figure name={text.removals} value={format.number(data.totalProcessed)} />
      {!open && <Figure name={text.spent} value={format.number(data.creditsSpent)} />}
      {data.plan && quota?.limit !== undefined && (
        <Figure
          name={text.quota(data.plan)}
          value={`${format.number(quota.remaining ?? 0)}/${format.number(quota.limit)}`}
        />
      )}
    </dl>
  );
}

function Figure({ name, value, strong = false }: { name: string; value: string; strong?: boolean }) {
  return (
    <div className={strong ? styles.strong : styles.figure}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
