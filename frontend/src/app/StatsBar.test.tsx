import { screen } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { show } from '../test/show';
import { StatsBar } from './StatsBar';

afterEach(() => vi.unstubAllGlobals());

function answering(stats: object) {
  const body = {
    creditBalance: 100,
    creditsHeld: 0,
    creditsSpent: 0,
    totalProcessed: 2,
    plan: null,
    quota: null,
  };
  vi.stubGlobal('fetch', async () => Response.json({ ...body, ...stats }));
}

const told = async () => (await screen.findByLabelText('Your numbers')).textContent;

test('credits are those that are free, and what is reserved is said', async () => {
  answering({ creditsHeld: 96 });
  show(<StatsBar />);
  expect(await told()).toBe('Credits (96 reserved)4Removals2Credits spent0');
});

test('a plan has its day, and an open server no credits', async () => {
  answering({ plan: 'starter', quota: { remaining: 49, limit: 50 } });
  const { unmount } = show(<StatsBar />);
  expect(await told()).toBe('Credits100Removals2Credits spent0Starter today49/50');
  unmount();
  show(<StatsBar />, { open: true });
  expect(await told()).toBe('Removals2Starter today49/50');
});
