/** Everybody's payments: those that wait to be confirmed come first; paid ones can be refunded. */
import { useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useFormat, useText } from '../../i18n/language';
import { Button } from '../../ui/Button';
import { Choice } from '../../ui/Choice';
import { Field } from '../../ui/Field';
import { Pages } from '../../ui/Pages';
import { useItemName } from '../subscription/useItemName';
import styles from './Admin.module.css';
import { Asking, textOf } from './Asking';
import { acts, type Payment, paymentsQuery, type Status } from './calls';

const STATUSES: readonly Status[] = ['pending', 'paid', 'expired', 'cancelled', 'refunded'];

export function Payments() {
  const { admin, subscription } = useText();
  const text = admin.payments;
  const [status, setStatus] = useState<Status | 'all'>('pending');
  const [page, setPage] = useState(1);
  const { data } = useSuspenseQuery(paymentsQuery(status === 'all' ? null : status, page));
  const names = STATUSES.map((each) => [each, subscription.payments.statuses[each]] as const);
  return (
    <>
      <div className={styles.search}>
        <Choice
          label={text.show}
          value={status}
          options={[...names, ['all', text.all]]}
          onChoose={(chosen) => {
            setStatus(chosen);
            setPage(1);
          }}
        />
      </div>
      {data.payments.length === 0 && <p className={styles.none}>{text.none}</p>}
      <ul className={styles.list}>
        {data.payments.map((payment) => (
          <Line key={payment.id} payment={payment} />
        ))}
      </ul>
      <Pages pagination={data.pagination} onPage={setPage} />
    </>
  );
}

function Line({ payment }: { payment: Payment }) {
  const { admin, subscription } = useText();
  const text = admin.payments;
  const format = useFormat();
  const name = useItemName();
  const [asking, ask] = useState<'confirm' | 'refund' | null>(null);
  const { id, number, amount, status } = payment;
  const close = () => ask(null);
  const amountText = format.idr(amount);
  return (
    <li className={styles.row}>
      <span className={styles.what}>
        <strong>{name(payment)}</strong>
        <small>
          {number} · {format.dateTime(payment.createdAt)} · {payment.gateway}
          {payment.paidReference && ` · ${payment.paidReference}`}
        </small>
      </span>
      <span className={styles.tags}>
        <strong className={styles.amount}>{amountText}</strong>
        <span className={styles.tag} data-kind={status === 'paid' ? 'good' : undefined}>
          {subscription.payments.statuses[status]}
        </span>
      </span>
      <span className={styles.buttons}>
        {status === 'paid' ? (
          <Button
            size="s"
            look="ghost"
            aria-label={`${text.refund}: ${number}`}
            onClick={() => ask('refund')}
          >
            {text.refund}
          </Button>
        ) : (
          status !== 'refunded' && (
            <Button size="s" aria-label={`${text.confirm}: ${number}`} onClick={() => ask('confirm')}>
              {text.confirm}
            </Button>
          )
        )}
      </span>
      {asking === 'confirm' && (
        <Asking
          title={text.confirmTitle(amountText)}
          about={text.confirmAbout(number)}
          act={text.confirm}
          done={text.confirmed}
          onClose={close}
          send={(form) => acts.confirm(id, textOf(form, 'reference'))}
        >
          <Field label={text.reference} name="reference" maxLength={200} hint={text.referenceHint} />
        </Asking>
      )}
      {asking === 'refund' && (
        <Asking
          title={text.refundTitle(amountText)}
          about={text.refundAbout(number)}
          act={text.refund}
          done={text.refunded}
          danger
          onClose={close}
          send={(form) => acts.refund(id, textOf(form, 'reason'))}
        >
          <Field label={text.reason} name="reason" required maxLength={500} />
        </Asking>
      )}
    </li>
  );
}
