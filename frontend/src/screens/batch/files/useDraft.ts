/** What is picked and wanted, kept while other screens are shown. */
import { useSyncExternalStore } from 'react';
import { useStart } from '../../../app/session';
import { keepTier, lastTier, type Tier } from '../../../app/tier';
import { added, type Judged, judged, looked, type Picked } from './picked';

export interface Wish {
  tier: Tier;
  name: string;
  format: 'png' | 'webp' | 'avif' | 'jpeg';
  background: 'none' | 'white';
}

interface Kept {
  picked: readonly Picked[];
  wish: Wish;
}

const fresh = (): Kept => ({
  picked: [],
  wish: { tier: lastTier(), name: '', format: 'png', background: 'none' },
});

let kept = fresh();
const listeners = new Set<() => void>();

function keep(next: Kept): void {
  kept = next;
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const draft = {
  /** How many of them were not there yet. */
  add(files: readonly File[]): number {
    const more = added(kept.picked, files);
    keep({ ...kept, picked: [...kept.picked, ...more] });
    void looked(more).then((seen) => {
      const told = (each: Picked) => ({ ...each, picture: seen.get(each.key) ?? each.picture });
      keep({ ...kept, picked: kept.picked.map(told) });
    });
    return more.length;
  },
  take(keys: ReadonlySet<number>): void {
    keep({ ...kept, picked: kept.picked.filter(({ key }) => !keys.has(key)) });
  },
  want(change: Partial<Wish>): void {
    if (change.tier) keepTier(change.tier);
    keep({ ...kept, wish: { ...kept.wish, ...change } });
  },
  /** These are on their way, or left out; what was added since stays. */
  done(keys: ReadonlySet<number>): void {
    const picked = kept.picked.filter(({ key }) => !keys.has(key));
    keep(picked.length > 0 ? { picked, wish: { ...kept.wish, name: '' } } : fresh());
  },
  clear(): void {
    keep(fresh());
  },
};

export function useDraft(): { files: Judged[]; wish: Wish } {
  const { picked, wish } = useSyncExternalStore(subscribe, () => kept);
  const { limits } = useStart();
  return { files: judged(picked, limits), wish };
}
