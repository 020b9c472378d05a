/** The subscription as it stands: what it is, until when, what is left of today. */
import { useState } from 'react';
import { useFormat, useText } from '../../i18n/language';
import { Button } from '../../ui/Button';
import { Card } from '../../ui/Card';
import { Notice } from '../../ui/Notice';
import { CancelDialog } from './CancelDialog';
import { acts, useAct } from './calls';
import { canCancel, type Subscription, shareLeft } from './offers';
import styles from './Present.module.css';

interface Props {
  subscription: Subscription;
  onOrdered: () => void;
}

export function Present({ subscription, onOrdered }: Props) {
  const text = useText().subscription;
  const act = useAct((ordered) => ordered.payment && onOrdered());
  const [cancelling, setCancelling] = useState(false);
  const { status, plan, suspended, quota } = subscription;
  return (
    <Card className={styles.present}>
      <div className={styles.head}>
        <h2>{text.planName(plan)}</h2>
        <span className={styles.state} data-state={suspended ? 'suspended' : status}>
          {suspended ? text.suspended.name : text.states[status]}
        </span>
      </div>
      {suspended ? (
        <Notice kind="warn">{text.suspended.about}</Notice>
      ) : (
        <p className={styles.story}>
          <Story subscription={subscription} />
        </p>
      )}
      {quota && (
        <div className={styles.meters}>
          <Meter name={text.quota.today} remaining={quota.remaining} limit={quota.limit} />
          {quota.premiumLimit > 0 && (
            <Meter name={text.quota.premium} remaining={quota.premiumRemaining} limit={quota.premiumLimit} />
          )}
          <Resets at={quota.resetsAt} />
        </div>
      )}
      <div className={styles.buttons}>
        {!suspended && status === 'past_due' && (
          <Button look="primary" busy={act.isPending} onClick={() => act.mutate(() => acts.subscribe(plan))}>
            {text.offers.renew}
          </Button>
        )}
        {!suspended && status === 'cancelled' && (
          <Button look="primary" busy={act.isPending} onClick={() => act.mutate(acts.reactivate)}>
            {text.offers.reactivate}
          </Button>
        )}
        {canCancel(subscription) && (
          <Button look="ghost" onClick={() => setCancelling(true)}>
            {text.cancel.open}
          </Button>
        )}
      </div>
      <CancelDialog subscription={subscription} open={cancelling} onClose={() => setCancelling(false)} />
    </Card>
  );
}

function Story({ subscription }: { subscription: Subscription }) {
  const text = useText().subscription;
  const format = useFormat();
  const { status, nextPlan, paidUntil, graceUntil } = subscription;
  const date = paidUntil ? format.date(paidUntil) : '';
  switch (status) {
    case 'pending_payment':
      return text.story.pending_payment;
    case 'active':
      return nextPlan ? text.story.follows(date, text.planName(nextPlan)) : text.story.active(date);
    case 'past_due':
      return text.story.past_due(date, graceUntil ? format.date(graceUntil) : '');
    case 'cancelled':
      return text.story.cancelled(date);
    case 'expired':
      return date ? text.story.expired(date) : text.story.never;
  }
}

function Meter({ name, remaining, limit }: { name: string; remaining: number; limit: number }) {
  const text = useText();
  const format = useFormat();
  const share = shareLeft(remaining, limit);
  return (
    <div className={styles.meter}>
      <span>{name}</span>
      <strong>{text.subscription.quota.left(format.number(remaining), format.number(limit))}</strong>
      <div className={styles.track} aria-hidden="true">
        <div style={{ width: `${share * 100}%` }} data-low={share < 0.1 || undefined} />
      </div>
    </div>
  );
}

function Resets({ at }: { at: string }) {
  const text = useText().subscription.quota;
  const format = useFormat();
  return (
    <p className={styles.resets}>
      <time dateTime={at}>{text.resets(format.dateTime(at))}</time>
    </p>
  );
}
