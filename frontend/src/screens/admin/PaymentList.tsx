/** A page of payments, each with its payer and what can be done about it. */
import { useSuspenseQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { Link } from 'wouter';
import { useFormat, useText } from '../../i18n/language';
import { Button } from '../../ui/Button';
import { Pages } from '../../ui/Pages';
import { useItemName } from '../subscription/useItemName';
import styles from './Admin.module.css';
import { type Payment, paymentsQuery, type Which } from './calls';
import { ConfirmPayment, HandledPayment, RefundPayment, WithdrawPayment } from './paymentActs';

const ACTS = {
  confirm: ConfirmPayment,
  refund: RefundPayment,
  withdraw: WithdrawPayment,
  handled: HandledPayment,
} as const;
type Act = keyof typeof ACTS;

const KINDS: Partial<Record<Payment['status'], string>> = { paid: 'good', pending: 'warn' };

interface Props {
  which: Which;
  onPage: (page: number) => void;
}

export function PaymentList({ which, onPage }: Props) {
  const text = useText().admin.payments;
  const shown = useDeferredValue(which); // a page stays until the next is here
  const { data } = useSuspenseQuery(paymentsQuery(shown));
  // Not the row's, which may go while somebody types, or as another is quicker: a refusal has to be read.
  const [asked, ask] = useState<{ act: Act; payment: Payment } | null>(null);
  const Asked = asked && ACTS[asked.act];
  return (
    <>
      {data.pagination.total === 0 ? (
        <p className={styles.none}>{text.none}</p>
      ) : (
        <>
          <ul className={styles.list} aria-busy={shown !== which || undefined}>
            {data.payments.map((payment) => (
              <Line
                key={payment.id}
                payment={payment}
                strange={which.attention ?? false}
                named={which.userId === undefined}
                onAsk={(act) => ask({ act, payment })}
              />
            ))}
          </ul>
          <Pages pagination={data.pagination} onPage={onPage} />
        </>
      )}
      {Asked && <Asked payment={asked.payment} onClose={() => ask(null)} />}
    </>
  );
}

/** What may be done, the main thing first. */
function actsFor({ status }: Payment, strange: boolean): Act[] {
  const usual: Record<Payment['status'], Act[]> = {
    pending: ['confirm', 'withdraw'],
    paid: ['refund'],
    expired: ['confirm'],
    cancelled: ['confirm'],
    refunded: [],
  };
  return strange ? ['handled', ...usual[status]] : usual[status];
}

interface LineProps {
  payment: Payment;
  strange: boolean;
  named: boolean;
  onAsk: (act: Act) => void;
}

function Line({ payment, strange, named, onAsk }: LineProps) {
  const { admin, subscription } = useText();
  const text = admin.payments;
  const format = useFormat();
  const name = useItemName();
  const { number, amount, status, refundedAmount } = payment;
  return (
    <li className={styles.row}>
      <span className={styles.what}>
        <strong>{name(payment)}</strong>
        {named &&
          (payment.email ? (
            <Link href={`/admin/people/${payment.userId}`}>{payment.email}</Link>
          ) : (
            <span>{admin.attention.gone}</span>
          ))}
        <small>
          {number} · {format.dateTime(payment.createdAt)} ·{' '}
          {payment.gateway === 'manual' ? text.byHand : payment.gateway}
          {payment.paidReference && ` · ${payment.paidReference}`}
        </small>
      </span>
      <span className={styles.tags}>
        <strong className={styles.amount}>{format.idr(amount)}</strong>
        <span className={styles.tag} data-kind={KINDS[status]}>
          {subscription.payments.statuses[status]}
          {refundedAmount !== null && refundedAmount < amount && `: ${format.idr(refundedAmount)}`}
        </span>
      </span>
      <span className={styles.buttons}>
        {actsFor(payment, strange).map((act, index) => (
          <Button
            key={act}
            size="s"
            look={index === 0 ? 'secondary' : 'ghost'}
            aria-label={`${text[act]}: ${number}`}
            onClick={() => onAsk(act)}
          >
            {text[act]}
          </Button>
        ))}
      </span>
    </li>
  );
}
