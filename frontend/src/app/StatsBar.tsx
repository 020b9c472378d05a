/** A person's numbers, in the bar on top. */
import { useText } from '../i18n/language';
import styles from './StatsBar.module.css';
import { useFigures } from './useFigures';

export function StatsBar() {
  const text = useText().shell.stats;
  const figures = useFigures();
  if (!figures) return <div className={styles.stats} aria-hidden="true" />;
  return (
    <dl className={styles.stats} aria-label={text.label}>
      {figures.map(({ name, value, first }) => (
        <div key={name} className={first ? styles.first : styles.figure}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
