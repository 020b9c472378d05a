/** The plan, its quota, plans and credits for sale, and what was paid. */
import { useSuspenseQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { Apart } from '../../app/Apart';
import { useStart } from '../../app/session';
import { useTitle } from '../../app/title';
import { useText } from '../../i18n/language';
import { useLive } from '../../live/useLive';
import { Empty } from '../../ui/Card';
import { subscriptionQuery } from './calls';
import { Due } from './Due';
import { Packages } from './Packages';
import { Payments } from './Payments';
import { Plans } from './Plans';
import { Present } from './Present';
import styles from './Subscription.module.css';

export default function Screen() {
  const { shell } = useText();
  const { open } = useStart();
  useTitle(shell.tabs.subscription);
  return (
    <div className={styles.page}>
      <h1>{shell.tabs.subscription}</h1>
      {open ? (
        <Empty title={shell.stats.open}>
          <p>{shell.stats.openAbout}</p>
        </Empty>
      ) : (
        <Apart>
          <Offered />
        </Apart>
      )}
    </div>
  );
}

function Offered() {
  const { data: subscription } = useSuspenseQuery(subscriptionQuery);
  const due = useRef<HTMLElement>(null);
  useLive();
  const toDue = () => requestAnimationFrame(() => due.current?.focus());
  return (
    <>
      <Due ref={due} />
      {subscription && <Present subscription={subscription} onOrdered={toDue} />}
      <Plans subscription={subscription} onOrdered={toDue} />
      <Packages onOrdered={toDue} />
      <Apart>
        <Payments />
      </Apart>
    </>
  );
}
