/** The four tiers with their prices, one of them chosen. */
import { useQuery } from '@tanstack/react-query';
import { pricingQuery } from '../../api/queries';
import { useStart } from '../../app/session';
import { useFormat, useText } from '../../i18n/language';
import type { Tier } from './edits';
import styles from './TierCards.module.css';

interface Props {
  chosen: Tier;
  onChoose: (tier: Tier) => void;
}

export function TierCards({ chosen, onChoose }: Props) {
  const { start, single } = useText();
  const format = useFormat();
  const { open } = useStart();
  const { data } = useQuery(pricingQuery);
  return (
    <fieldset className={styles.tiers}>
      <legend>{single.tier}</legend>
      {data?.tiers.map(({ tier, creditsPerImage, costInIDR }) => (
        <label key={tier} className={styles.tier}>
          <input
            type="radio"
            name="tier"
            value={tier}
            checked={tier === chosen}
            onChange={() => onChoose(tier)}
          />
          <span className={styles.name}>{start.tiers[tier].name}</span>
          {!open && (
            <span className={styles.price}>
              {single.credits(format.number(creditsPerImage))}
              <small>{format.idr(costInIDR)}</small>
            </span>
          )}
          <span className={styles.about}>{start.tiers[tier].about}</span>
        </label>
      ))}
    </fieldset>
  );
}
