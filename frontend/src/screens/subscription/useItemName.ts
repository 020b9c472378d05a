/** What a payment is for, in the person's language. */
import { useFormat, useText } from '../../i18n/language';
import type { Payment } from './offers';

type Named = Pick<Payment, 'kind' | 'item' | 'credits'>;

export function useItemName(): (payment: Named) => string {
  const text = useText().subscription;
  const format = useFormat();
  return ({ kind, item, credits }) => {
    if (kind === 'package') return text.credits(format.number(credits));
    const plan = text.planName(item);
    return kind === 'plan' ? text.month(plan) : text.upgradeTo(plan);
  };
}
