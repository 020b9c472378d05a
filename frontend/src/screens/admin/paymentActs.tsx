/** What administrators do about a payment; each asks once more, with payer, amount and what it is for. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { LIMITS } from '../../api/limits';
import { useFormat, useText } from '../../i18n/language';
import { Skeleton } from '../../ui/Card';
import { Field } from '../../ui/Field';
import { ErrorNotice, Notice } from '../../ui/Notice';
import { useItemName } from '../subscription/useItemName';
import { Asking, textOf } from './Asking';
import styles from './Asking.module.css';
import { acts, type Payment, paymentQuery } from './calls';

interface Props {
  payment: Payment;
  onClose: () => void;
}

type Facts = readonly (readonly [string, ReactNode])[];

/** Payer, invoice, amount, and what it is about under the name that is given. */
function useFacts({ email, number, amount, ...payment }: Payment, what: string): Facts {
  const { admin } = useText();
  const format = useFormat();
  const name = useItemName();
  return [
    [admin.payments.payer, email || admin.attention.gone],
    [admin.payments.invoice, number],
    [admin.payments.amount, format.idr(amount)],
    [what, name(payment)],
  ];
}

export function ConfirmPayment({ payment, onClose }: Props) {
  const text = useText().admin.payments;
  const format = useFormat();
  return (
    <Asking
      title={text.confirmTitle(format.idr(payment.amount))}
      about={text.confirmAbout}
      facts={useFacts(payment, text.granted)}
      act={text.confirm}
      done={text.confirmed}
      refusals={{ PAYMENT_USED: text.referenceUsed, ALREADY_PAID: text.paidByAnother }}
      onClose={onClose}
      send={(form, key) => acts.confirm(payment.id, textOf(form, 'reference'), key)}
    >
      <Field label={text.reference} name="reference" maxLength={LIMITS.reference} hint={text.referenceHint} />
    </Asking>
  );
}

export function WithdrawPayment({ payment, onClose }: Props) {
  const text = useText().admin.payments;
  const format = useFormat();
  return (
    <Asking
      title={text.withdrawTitle(format.idr(payment.amount))}
      about={text.withdrawAbout}
      facts={useFacts(payment, text.notGranted)}
      act={text.withdraw}
      done={text.withdrawn}
      refusals={{ INVOICE_NOT_OPEN: text.alreadyPaid }}
      danger
      onClose={onClose}
      send={(form) => acts.withdraw(payment.id, textOf(form, 'note'))}
    >
      <Field label={text.note} name="note" maxLength={LIMITS.note} />
    </Asking>
  );
}

/** Whole, or where credits are spent, what is free; the server says how much that is now. */
export function RefundPayment({ payment, onClose }: Props) {
  const { admin, errors } = useText();
  const text = admin.payments;
  const format = useFormat();
  const facts = useFacts(payment, text.takenBack);
  const { data, error } = useQuery(paymentQuery(payment.id));
  const back = data?.refundable;
  const partial = back != null && back.amount < payment.amount;
  const over = data !== undefined && !back;
  const nothing = back != null && back.amount === 0;
  return (
    <Asking
      title={text.refundTitle(format.idr(partial && !nothing ? back.amount : payment.amount))}
      about={text.refundAbout}
      facts={facts}
      act={text.refund}
      danger
      barred={!back || nothing}
      onClose={onClose}
      send={(form, key) => acts.refund(payment.id, { reason: textOf(form, 'reason'), partial }, key)}
      done={({ refundedAmount, refundedCredits }) =>
        text.refunded(format.idr(refundedAmount ?? 0), format.number(refundedCredits ?? 0))
      }
    >
      {!data && (error ? <ErrorNotice error={error} /> : <Skeleton height="2.75rem" />)}
      {over && <Notice kind="bad">{errors.byCode.ALREADY_REFUNDED}</Notice>}
      {partial && (
        <Notice kind="warn">
          {nothing
            ? text.allSpent
            : text.partly(
                format.number(back.credits),
                format.number(payment.credits),
                format.idr(back.amount),
              )}
        </Notice>
      )}
      {!over && !nothing && <Field label={text.reason} name="reason" required maxLength={LIMITS.reason} />}
    </Asking>
  );
}

/** What was said about it, and what was done then. */
export function HandledPayment({ payment, onClose }: Props) {
  const text = useText().admin.payments;
  const format = useFormat();
  const facts = useFacts(payment, text.about);
  const { data, error } = useQuery(paymentQuery(payment.id));
  return (
    <Asking
      title={text.handledTitle}
      about={text.handledAbout}
      facts={facts}
      act={text.handled}
      done={text.handledDone}
      onClose={onClose}
      send={(form) => acts.handled(payment.id, textOf(form, 'note'))}
    >
      {error ? <ErrorNotice error={error} /> : !data && <Skeleton height="4rem" />}
      <ul className={styles.said}>
        {data?.events.map(({ id, verdict, amount, reference, createdAt }) => (
          <li key={id}>
            <span>{text.verdicts[verdict]}</span>
            <small>
              {[format.dateTime(createdAt), amount && format.idr(amount), reference]
                .filter(Boolean)
                .join(' · ')}
            </small>
          </li>
        ))}
      </ul>
      <Field label={text.whatWasDone} name="note" required maxLength={LIMITS.note} />
    </Asking>
  );
}
