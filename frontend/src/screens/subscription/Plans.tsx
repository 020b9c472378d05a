/** The plans, each with what can be done about it now. */
import { useSuspenseQuery } from '@tanstack/react-query';
import { Check } from 'lucide-react';
import { useState } from 'react';
import { useFormat, useText } from '../../i18n/language';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { toast } from '../../ui/toasts';
import { acts, plansQuery, useAct } from './calls';
import { type Offer, offerOf, type Plan, type Subscription } from './offers';
import styles from './Plans.module.css';

interface Props {
  subscription: Subscription | null;
  onOrdered: () => void;
}

export function Plans({ subscription, onOrdered }: Props) {
  const text = useText().subscription;
  const { data } = useSuspenseQuery(plansQuery);
  return (
    <section className={styles.section} aria-labelledby="plans">
      <h2 id="plans">{text.plans.title}</h2>
      <p className={styles.about}>{text.plans.about}</p>
      <ul className={styles.plans}>
        {data.plans.map((plan) => (
          <PlanCard
            key={plan.name}
            plan={plan}
            offer={offerOf(plan, subscription)}
            until={subscription?.paidUntil ?? null}
            onOrdered={onOrdered}
          />
        ))}
      </ul>
    </section>
  );
}

interface CardProps {
  plan: Plan;
  offer: Offer;
  until: string | null;
  onOrdered: () => void;
}

function PlanCard({ plan, offer, until, onOrdered }: CardProps) {
  const { subscription: text, start } = useText();
  const format = useFormat();
  const name = text.planName(plan.name);
  const present = offer.kind === 'current' || offer.kind === 'keep' || offer.kind === 'reactivate';
  const points = [
    text.plans.daily(format.number(plan.dailyRemovals)),
    text.plans.tiers(plan.tiers.map((tier) => start.tiers[tier].name)),
    plan.dailyPremium > 0 && text.plans.premium(format.number(plan.dailyPremium)),
  ];
  return (
    <li className={styles.plan} data-present={present || undefined}>
      <h3>{name}</h3>
      <p className={styles.price}>
        {format.idr(plan.priceIDR)} <small>{text.plans.month}</small>
      </p>
      <ul className={styles.points}>
        {points.map(
          (point) =>
            point && (
              <li key={point}>
                <Check size={18} aria-hidden="true" /> {point}
              </li>
            ),
        )}
      </ul>
      <Act plan={plan.name} name={name} offer={offer} until={until} onOrdered={onOrdered} />
    </li>
  );
}

interface ActProps extends Omit<CardProps, 'plan'> {
  plan: string;
  name: string;
}

function Act({ plan, name, offer, until, onOrdered }: ActProps) {
  const text = useText().subscription;
  const format = useFormat();
  const [asking, setAsking] = useState(false);
  const act = useAct(({ payment }) => {
    setAsking(false);
    if (payment) onOrdered();
    else toast.good(text.changed);
  });
  const { kind } = offer;
  if (kind === 'closed') return null;
  if (kind === 'current' || kind === 'follows') return <p className={styles.said}>{text.offers[kind]}</p>;
  const date = until ? format.date(until) : '';
  const asked = {
    upgrade: 'price' in offer && text.ask.upgrade(format.idr(offer.price), date),
    downgrade: text.ask.downgrade(date),
  };
  const question = kind === 'upgrade' || kind === 'downgrade' ? asked[kind] : null;
  const run = () =>
    act.mutate(() => {
      if (kind === 'reactivate') return acts.reactivate();
      return kind === 'subscribe' || kind === 'renew' ? acts.subscribe(plan) : acts.change(plan);
    });
  return (
    <>
      <Button
        look={kind === 'downgrade' || kind === 'keep' ? 'secondary' : 'primary'}
        aria-label={`${text.offers[kind]}: ${name}`}
        busy={act.isPending && !asking}
        onClick={question ? () => setAsking(true) : run}
      >
        {text.offers[kind]}
      </Button>
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={text.ask.title(name)}
        about={question}
        actions={
          <Button look="primary" busy={act.isPending} onClick={run}>
            {kind === 'upgrade' ? text.ask.invoice : text.ask.change}
          </Button>
        }
      />
    </>
  );
}
