/** One's own payments, each with its invoice. */
import { useSuspenseQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { useFormat, useText } from '../../i18n/language';
import { Pages } from '../../ui/Pages';
import { paymentsQuery } from './calls';
import styles from './Payments.module.css';
import { useItemName } from './useItemName';

export function Payments() {
  const text = useText().subscription.payments;
  const format = useFormat();
  const name = useItemName();
  const [page, setPage] = useState(1);
  const { data } = useSuspenseQuery(paymentsQuery(useDeferredValue(page))); // a page stays until the next is here
  if (data.pagination.total === 0) return null;
  return (
    <section className={styles.payments} aria-labelledby="payments">
      <div className={styles.head}>
        <h2 id="payments">{text.title}</h2>
        <a href="/api/payments?format=csv" download>
          {text.csv}
        </a>
      </div>
      <ul className={styles.list}>
        {data.payments.map((payment) => (
          <li key={payment.id} className={styles.row}>
            <span className={styles.what}>
              <strong>{name(payment)}</strong>
              <small>
                {payment.number} · {format.date(payment.createdAt)}
              </small>
            </span>
            <span className={styles.amount}>{format.idr(payment.amount)}</span>
            <span className={styles.status} data-status={payment.status}>
              {text.statuses[payment.status]}
            </span>
            <a href={payment.invoiceUrl} target="_blank" rel="noreferrer">
              {payment.paidAt ? text.receipt : text.invoice}
              <span className="visually-hidden"> {payment.number}</span>
            </a>
          </li>
        ))}
      </ul>
      <Pages pagination={data.pagination} onPage={setPage} />
    </section>
  );
}
