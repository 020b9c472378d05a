/** What can be done with each plan, as the subscription stands. */
import type { Schemas } from '../../api/client';

export type Plan = Schemas['PlanBody'];
export type Subscription = Schemas['SubscriptionBody'];
export type Payment = Schemas['PaymentBody'];

export type Offer =
  | { kind: 'subscribe' | 'renew' | 'downgrade' | 'keep' | 'reactivate' }
  | { kind: 'upgrade'; price: number }
  | { kind: 'current' | 'follows' | 'closed' };

/** The server decides; this is what its answer would be, so that no button leads to a refusal. */
export function offerOf(plan: Plan, subscription: Subscription | null): Offer {
  if (subscription === null) return { kind: 'subscribe' };
  const { status, suspended } = subscription;
  const present = subscription.plan === plan.name;
  if (suspended) return { kind: present && status !== 'expired' ? 'current' : 'closed' };
  switch (status) {
    case 'expired':
    case 'pending_payment':
      return { kind: 'subscribe' };
    case 'past_due':
      return { kind: present ? 'renew' : 'subscribe' };
    default:
      return ofPaidTime(plan.name, present, subscription);
  }
}

function ofPaidTime(plan: string, present: boolean, subscription: Subscription): Offer {
  const { status, nextPlan, upgrades } = subscription;
  const price = upgrades[plan];
  if (price !== undefined) return { kind: 'upgrade', price };
  if (status === 'cancelled') return { kind: present ? 'reactivate' : 'closed' };
  if (present) return { kind: nextPlan ? 'keep' : 'current' };
  return { kind: nextPlan === plan ? 'follows' : 'downgrade' };
}

/** Whether there is something that can be cancelled. */
export function canCancel({ status, suspended }: Subscription): boolean {
  return !suspended && (status === 'active' || status === 'past_due');
}

/** The share of a day's quota that is left; 1 where there is none. */
export function shareLeft(remaining: number, limit: number): number {
  return limit > 0 ? Math.min(1, Math.max(0, remaining / limit)) : 1;
}
