/** A status in a word and a colour. */
import { useText } from '../../i18n/language';
import styles from './Badge.module.css';

type Status =
  | 'pending'
  | 'processing'
  | 'completed'
  | 'failed'
  | 'cancelled'
  | 'expired'
  | 'partial'
  | 'uploading';

export function Badge({ status }: { status: Status }) {
  const text = useText().jobs.statuses;
  return (
    <span className={styles.badge} data-status={status}>
      {text[status]}
    </span>
  );
}
