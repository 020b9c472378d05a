/** The latest lines of somebody's ledger. */
import { useFormat, useText } from '../../i18n/language';
import styles from './Admin.module.css';
import type { Whole } from './calls';
import own from './Person.module.css';

export function Ledger({ entries }: { entries: Whole['entries'] }) {
  const text = useText().admin.person;
  const format = useFormat();
  if (entries.length === 0) return <p className={styles.none}>{text.noLines}</p>;
  return (
    <ul className={styles.list}>
      {entries.map(({ id, kind, amount, balanceAfter, note, createdAt }) => (
        <li key={id} className={own.line}>
          <span className={styles.what}>
            <strong>{text.kinds[kind]}</strong>
            <small>
              {format.dateTime(createdAt)}
              {note && kind !== 'bonus' && ` · ${note}`}
            </small>
          </span>
          <span className={own.moved}>
            <strong>{amount > 0 ? `+${format.number(amount)}` : format.number(amount)}</strong>
            <small>{text.after(format.number(balanceAfter))}</small>
          </span>
        </li>
      ))}
    </ul>
  );
}
