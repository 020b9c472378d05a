/** A person's numbers as they are shown: free credits, removals, credits spent and what is left of the plan's day. */
import { useQuery } from '@tanstack/react-query';
import { statsQuery } from '../api/queries';
import { useFormat, useText } from '../i18n/language';
import { useStart } from './session';

export interface Figure {
  name: string;
  value: string;
  /** What a small screen shows, too: what the next picture is paid with. */
  first: boolean;
}

/** Undefined until they are known. */
export function useFigures(): Figure[] | undefined {
  const text = useText().shell.stats;
  const { number } = useFormat();
  const { open } = useStart();
  const { data } = useQuery(statsQuery);
  if (!data) return undefined;
  const { creditBalance, creditsHeld, plan, quota } = data;
  const held = creditsHeld > 0 ? ` (${text.held(number(creditsHeld))})` : '';
  const figures: (Figure | false)[] = [
    !open && { name: text.credits + held, value: number(creditBalance - creditsHeld), first: true },
    { name: text.removals, value: number(data.totalProcessed), first: false },
    !open && { name: text.spent, value: number(data.creditsSpent), first: false },
    plan !== null &&
      quota !== null && {
        name: text.quota(plan),
        value: `${number(quota.remaining)}/${number(quota.limit)}`,
        first: true,
      },
  ];
  return figures.filter((each) => each !== false);
}
