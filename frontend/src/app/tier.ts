/** The four tiers, and the one chosen last in this browser. */
import { useCallback, useState } from 'react';
import type { Schemas } from '../api/client';

export type Tier = Schemas['JobBody']['tier'];

const KEY = 'lumiku-tier';
export const TIERS: readonly Tier[] = ['basic', 'standard', 'professional', 'industry'];

export function lastTier(): Tier {
  return TIERS.find((each) => each === localStorage.getItem(KEY)) ?? 'standard';
}

export function keepTier(tier: Tier): void {
  localStorage.setItem(KEY, tier);
}

export function useTier(): [Tier, (tier: Tier) => void] {
  const [tier, setTier] = useState(lastTier);
  const choose = useCallback((next: Tier) => {
    keepTier(next);
    setTier(next);
  }, []);
  return [tier, choose];
}
