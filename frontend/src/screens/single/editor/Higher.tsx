/** The same picture again, by the next tier. */
import { useQuery } from '@tanstack/react-query';
import { Sparkles } from 'lucide-react';
import { pricingQuery } from '../../../api/queries';
import { useStart } from '../../../app/session';
import { TIERS, type Tier } from '../../../app/tier';
import { usePlanPays } from '../../../app/usePlanPays';
import { useFormat, useText } from '../../../i18n/language';
import { Button } from '../../../ui/Button';

interface Props {
  tier: Tier;
  onTier: (tier: Tier) => void;
}

export function Higher({ tier, onTier }: Props) {
  const { single: text, start } = useText();
  const format = useFormat();
  const { open } = useStart();
  const { data } = useQuery(pricingQuery);
  const planPays = usePlanPays();
  const next = TIERS[TIERS.indexOf(tier) + 1];
  const price = data?.tiers.find((each) => each.tier === next);
  if (!next || !price) return null;
  const credits = planPays(next) ? text.byPlan : text.credits(format.number(price.creditsPerImage));
  return (
    <Button icon={<Sparkles />} onClick={() => onTier(next)}>
      {text.higher(start.tiers[next].name)}
      {!open && ` · ${credits}`}
    </Button>
  );
}
