/** What waits to be paid, and how. */
import { useSuspenseQuery } from '@tanstack/react-query';
import { ExternalLink, FileText } from 'lucide-react';
import type { Ref } from 'react';
import { useFormat, useText } from '../../i18n/language';
import { Button } from '../../ui/Button';
import { toast } from '../../ui/toasts';
import { acts, dueQuery, useAct } from './calls';
import styles from './Due.module.css';
import type { Payment } from './offers';
import { useItemName } from './useItemName';

export function Due({ ref }: { ref: Ref<HTMLElement> }) {
  const text = useText().subscription.due;
  const { data } = useSuspenseQuery(dueQuery);
  return (
    <section
      ref={ref}
      tabIndex={-1}
      aria-label={text.title}
      className={styles.due}
      hidden={data.length === 0}
    >
      {data.map((payment) => (
        <One key={payment.id} payment={payment} />
      ))}
    </section>
  );
}

function One({ payment }: { payment: Payment }) {
  const text = useText().subscription.due;
  const format = useFormat();
  const name = useItemName();
  const act = useAct();
  const opening = useAct(({ payment: opened }) => {
    if (opened?.paymentUrl) window.location.assign(opened.paymentUrl);
    else toast.bad(text.noPage);
  });
  const byHand = payment.gateway === 'manual';
  return (
    <article className={styles.one} aria-labelledby={`due-${payment.id}`}>
      <div className={styles.what}>
        <h2 id={`due-${payment.id}`}>{text.pay(name(payment), format.idr(payment.amount))}</h2>
        <p>{text.until(format.dateTime(payment.expiresAt))}</p>
      </div>
      {byHand && (
        <div className={styles.how}>
          <p>{payment.instructions || text.noInstructions}</p>
          <p>
            {text.reference} <strong>{payment.number}</strong>
          </p>
          <p>{text.byHand}</p>
        </div>
      )}
      <div className={styles.buttons}>
        {!byHand && (
          <Button
            look="primary"
            icon={<ExternalLink />}
            busy={opening.isPending}
            onClick={() => opening.mutate(() => acts.open(payment.id))}
          >
            {text.go}
          </Button>
        )}
        <a className={styles.invoice} href={payment.invoiceUrl} target="_blank" rel="noreferrer">
          <FileText size={18} aria-hidden="true" /> {text.invoice}
        </a>
        <Button look="ghost" busy={act.isPending} onClick={() => act.mutate(() => acts.withdraw(payment.id))}>
          {text.withdraw}
        </Button>
      </div>
    </article>
  );
}
