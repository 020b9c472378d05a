/** The tier chosen last in this browser. */
import { useCallback, useState } from 'react';
import type { Tier } from './edits';

const KEY = 'lumiku-tier';
export const TIERS: readonly Tier[] = ['basic', 'standard', 'professional', 'industry'];

export function useTier(): [Tier, (tier: Tier) => void] {
  const [tier, setTier] = useState<Tier>(
    () => TIERS.find((each) => each === localStorage.getItem(KEY)) ?? 'standard',
  );
  const choose = useCallback((next: Tier) => {
    localStorage.setItem(KEY, next);
    setTier(next);
  }, []);
  return [tier, choose];
}
