/** One person: what they own, their plan, what they paid, and what can be done for them. */
import { useSuspenseQuery } from '@tanstack/react-query';
import { ArrowLeft } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { Apart } from '../../app/Apart';
import { useFormat, useText } from '../../i18n/language';
import { Button } from '../../ui/Button';
import { Card } from '../../ui/Card';
import styles from './Admin.module.css';
import { GiveAddress, GiveCredits, RestoreAccount, SuspendAccount } from './accountActs';
import { personQuery, type Whole } from './calls';
import { Ledger } from './Ledger';
import { PaymentList } from './PaymentList';
import { PersonTags, useNames } from './People';
import own from './Person.module.css';
import { GivePlan, ResumePlan, RevokePlan, SuspendPlan } from './planActs';

const ACTS = {
  credits: GiveCredits,
  address: GiveAddress,
  suspend: SuspendAccount,
  restore: RestoreAccount,
  plan: GivePlan,
  revokePlan: RevokePlan,
  suspendPlan: SuspendPlan,
  resumePlan: ResumePlan,
} as const;
type Act = keyof typeof ACTS;

export function Person({ id }: { id: string }) {
  const text = useText().admin;
  const { data } = useSuspenseQuery(personQuery(id));
  return (
    <>
      <Link href="/admin/people" className={own.back}>
        <ArrowLeft size={18} aria-hidden="true" /> {text.sections.people}
      </Link>
      {data ? <Known whole={data} /> : <p className={styles.none}>{text.person.unknown}</p>}
    </>
  );
}

function Known({ whole }: { whole: Whole }) {
  const { admin: text } = useText();
  const format = useFormat();
  const [asking, ask] = useState<Act | null>(null);
  const [page, setPage] = useState(1);
  const { user, credits, entries } = whole;
  const [name, below] = useNames()(user);
  const Asked = asking && ACTS[asking];
  return (
    <>
      <div className={own.head}>
        <div className={styles.what}>
          <h2>{name}</h2>
          <small>
            {below} · {text.people.since(format.date(user.createdAt))} ·{' '}
            {text.person.pictures(format.number(whole.pictures))}
          </small>
        </div>
        <PersonTags person={user} />
        <div className={styles.buttons}>
          <Button size="s" onClick={() => ask('address')}>
            {user.hasAddress ? text.people.changeAddress : text.people.giveAddress}
          </Button>
          {user.status === 'suspended' ? (
            <Button size="s" onClick={() => ask('restore')}>
              {text.people.restore}
            </Button>
          ) : (
            <Button size="s" look="danger" onClick={() => ask('suspend')}>
              {text.people.suspend}
            </Button>
          )}
        </div>
      </div>
      <div className={styles.charts}>
        <Plan whole={whole} onAsk={ask} />
        <Card className={own.card}>
          <h3>{text.person.credits}</h3>
          <p className={own.figure}>{format.number(credits.balance)}</p>
          {credits.held > 0 && <p>{text.person.held(format.number(credits.held))}</p>}
          <div className={own.buttons}>
            <Button size="s" onClick={() => ask('credits')}>
              {text.people.grant}
            </Button>
          </div>
        </Card>
      </div>
      <h3>{text.person.ledger}</h3>
      <Ledger entries={entries} />
      <h3>{text.sections.payments}</h3>
      <Apart>
        <PaymentList which={{ userId: user.id, page }} onPage={setPage} />
      </Apart>
      {Asked && <Asked person={user} onClose={() => ask(null)} />}
    </>
  );
}

function Plan({ whole, onAsk }: { whole: Whole; onAsk: (act: Act) => void }) {
  const { admin, subscription: words } = useText();
  const text = admin.person;
  const format = useFormat();
  const { subscription } = whole;
  const suspended = subscription?.suspended ?? false;
  return (
    <Card className={own.card}>
      <h3>{text.plan}</h3>
      {subscription ? (
        <>
          <p className={own.figure}>{words.planName(subscription.plan)}</p>
          <p className={own.tagline}>
            <span
              className={styles.tag}
              data-kind={suspended ? 'bad' : subscription.status === 'active' ? 'good' : undefined}
            >
              {suspended ? words.suspended.name : words.states[subscription.status]}
            </span>
            {subscription.paidUntil && text.until(format.date(subscription.paidUntil))}
          </p>
          {subscription.quota && (
            <p>
              {words.quota.today}:{' '}
              {words.quota.left(
                format.number(subscription.quota.remaining),
                format.number(subscription.quota.limit),
              )}
            </p>
          )}
        </>
      ) : (
        <p className={styles.none}>{text.noPlan}</p>
      )}
      <div className={own.buttons}>
        <Button size="s" onClick={() => onAsk('plan')}>
          {text.givePlan}
        </Button>
        {subscription && subscription.givenMonths > 0 && (
          <Button size="s" onClick={() => onAsk('revokePlan')}>
            {text.revokePlan}
          </Button>
        )}
        {subscription &&
          (suspended ? (
            <Button size="s" onClick={() => onAsk('resumePlan')}>
              {text.resumePlan}
            </Button>
          ) : (
            <Button size="s" onClick={() => onAsk('suspendPlan')}>
              {text.suspendPlan}
            </Button>
          ))}
      </div>
    </Card>
  );
}
