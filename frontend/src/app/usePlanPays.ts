/** Whether the plan's quota pays for the next picture. */
import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '../api/client';
import { statsQuery } from '../api/queries';
import { useStart } from './session';
import type { Tier } from './tier';

const PREMIUM: readonly Tier[] = ['professional', 'industry'];

export function usePlanPays(): (tier: Tier) => boolean {
  const { open } = useStart();
  const { data } = useQuery({ ...statsQuery, enabled: !open });
  const quota = data?.quota ?? null;
  return (tier) => quota !== null && pays(quota, tier);
}

export function pays(quota: Schemas['QuotaBody'], tier: Tier): boolean {
  const premium = !PREMIUM.includes(tier) || quota.premiumRemaining > 0;
  return quota.tiers.includes(tier) && quota.remaining > 0 && premium;
}
