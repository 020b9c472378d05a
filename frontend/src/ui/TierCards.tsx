/** The four tiers with their prices, one of them chosen. */
import { useQuery } from '@tanstack/react-query';
import { pricingQuery } from '../api/queries';
import { useStart } from '../app/session';
import { TIERS, type Tier } from '../app/tier';
import { usePlanPays } from '../app/usePlanPays';
import { useFormat, useText } from '../i18n/language';
import styles from './TierCards.module.css';

interface Props {
  chosen: Tier;
  onChoose: (tier: Tier) => void;
  /** It is for one picture: what a plan pays for costs nothing. */
  forOne?: boolean;
}

export function TierCards({ chosen, onChoose, forOne = false }: Props) {
  const { start, single } = useText();
  const format = useFormat();
  const { open } = useStart();
  const { data } = useQuery(pricingQuery);
  const planPays = usePlanPays();
  const priced = new Map(data?.tiers.map((each) => [each.tier, each]));
  return (
    <fieldset className={styles.tiers}>
      <legend>{single.tier}</legend>
      <div className={styles.cards}>
        {TIERS.map((tier) => {
          const price = priced.get(tier);
          return (
            <label key={tier} className={styles.tier}>
              <input
                type="radio"
                name="tier"
                value={tier}
                checked={tier === chosen}
                onChange={() => onChoose(tier)}
              />
              <span className={styles.name}>{start.tiers[tier].name}</span>
              {forOne && planPays(tier) && <span className={styles.price}>{single.byPlan}</span>}
              {!open && !(forOne && planPays(tier)) && (
                <span className={styles.price}>
                  {price ? single.credits(format.number(price.creditsPerImage)) : '…'}
                  <small>{price ? format.idr(price.costInIDR) : '…'}</small>
                </span>
              )}
              <span className={styles.about}>{start.tiers[tier].about}</span>
            </label>
          );
        })}
      </div>
      <p className={styles.chosen} aria-hidden="true">
        {start.tiers[chosen].about}
      </p>
    </fieldset>
  );
}
