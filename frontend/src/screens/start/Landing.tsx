/** What strangers see: what it does, a place to try it, what it costs. */
import { useQuery } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { pricingQuery } from '../../api/queries';
import { useStart } from '../../app/session';
import { useTitle } from '../../app/title';
import { useFormat, useText } from '../../i18n/language';
import { DropVeil } from '../../ui/DropVeil';
import { useErrorText } from '../../ui/errorText';
import { toast } from '../../ui/toasts';
import { useDrop } from '../../ui/useDrop';
import { Hero, Points } from './Hero';
import styles from './Landing.module.css';
import { keepPending } from './pending';
import { refusalOf } from './refused';

export function Landing() {
  const text = useText().start;
  const describe = useErrorText();
  const format = useFormat();
  const { registrationOpen, welcomeCredits, limits } = useStart();
  const [, go] = useLocation();
  useTitle('Lumiku');
  const take = async (files: File[]) => {
    const refusal = await refusalOf(files, limits);
    if (refusal) return toast.bad(describe(refusal));
    keepPending(files);
    go(registrationOpen ? '/register' : '/login');
  };
  const dragging = useDrop((files) => void take(files));
  return (
    <div className={styles.landing}>
      <Hero
        text={text}
        honest={registrationOpen ? text.hero.free(format.number(welcomeCredits)) : text.hero.closed}
        onFiles={(files) => void take(files)}
      />
      <Points text={text} />
      <Prices />
      <DropVeil shown={dragging}>{text.hero.dropHere}</DropVeil>
    </div>
  );
}

function Prices() {
  const text = useText().start;
  const format = useFormat();
  const { data } = useQuery(pricingQuery);
  return (
    <section className={styles.prices} aria-labelledby="prices">
      <h2 id="prices">{text.prices.title}</h2>
      <ul className={styles.tiers}>
        {data?.tiers.map(({ tier, creditsPerImage, costInIDR }) => (
          <li key={tier}>
            <h3>{text.tiers[tier].name}</h3>
            <p className={styles.price}>
              {text.prices.credits(format.number(creditsPerImage))}
              <small>{format.idr(costInIDR)}</small>
            </p>
            <p>{text.tiers[tier].about}</p>
          </li>
        ))}
      </ul>
      <p className={styles.discounts}>
        {data?.discounts
          .filter(({ percent }) => percent > 0)
          .map(({ percent, fromImages }) =>
            text.prices.discount(format.percent(percent / 100), format.number(fromImages)),
          )
          .join(' · ')}
      </p>
    </section>
  );
}
