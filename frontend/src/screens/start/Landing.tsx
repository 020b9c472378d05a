/** What strangers see: what it does, a place to try it, what it costs. */
import { useQuery } from '@tanstack/react-query';
import { ImageUp } from 'lucide-react';
import { useLocation } from 'wouter';
import { pricingQuery } from '../../api/queries';
import { useStart } from '../../app/session';
import { useTitle } from '../../app/title';
// An astronaut, Eileen Collins, photographed by NASA; in the public domain.
import after from '../../assets/after.webp';
import before from '../../assets/before.webp';
import { useFormat, useText } from '../../i18n/language';
import { Compare } from '../../ui/Compare';
import { DropVeil } from '../../ui/DropVeil';
import { FilePick } from '../../ui/FilePick';
import { useDrop } from '../../ui/useDrop';
import styles from './Landing.module.css';
import { keepPending } from './pending';

export function Landing() {
  const text = useText().start;
  const format = useFormat();
  const { registrationOpen, welcomeCredits } = useStart();
  const [, go] = useLocation();
  useTitle('Lumiku');
  const take = ([file]: File[]) => {
    if (!file) return;
    keepPending(file);
    go(registrationOpen ? '/register' : '/login');
  };
  const dragging = useDrop(take);
  return (
    <div className={styles.landing}>
      <section className={styles.hero}>
        <div className={styles.words}>
          <h1>{text.hero.title}</h1>
          <p className={styles.lead}>{text.hero.about}</p>
          <div className={styles.act}>
            <FilePick look="primary" size="l" icon={<ImageUp />} onFiles={take}>
              {text.hero.choose}
            </FilePick>
            <span>{text.hero.paste}</span>
          </div>
          <p className={styles.honest}>
            {registrationOpen ? text.hero.free(format.number(welcomeCredits)) : text.hero.closed}
          </p>
        </div>
        <div className={styles.show}>
          <Compare
            label={text.hero.compare}
            first={46}
            before={
              <img
                src={before}
                alt={text.hero.before}
                width="512"
                height="512"
                draggable={false}
                fetchPriority="high"
              />
            }
            after={
              <div className={`checkerboard ${styles.after}`}>
                <img
                  src={after}
                  alt={text.hero.after}
                  width="512"
                  height="512"
                  draggable={false}
                  fetchPriority="high"
                />
              </div>
            }
          />
        </div>
      </section>
      <ul className={styles.points}>
        {text.points.map((point) => (
          <li key={point.title}>
            <h2>{point.title}</h2>
            <p>{point.about}</p>
          </li>
        ))}
      </ul>
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
