import { expect, test } from 'vitest';
import { pays } from './usePlanPays';

const quota = {
  plan: 'pro',
  limit: 200,
  used: 199,
  remaining: 1,
  premiumLimit: 50,
  premiumUsed: 49,
  premiumRemaining: 1,
  tiers: ['basic', 'standard', 'professional'] as ('basic' | 'standard' | 'professional')[],
  resetsAt: '2026-11-30T00:00:00Z',
};

test('a plan pays for its tiers while any of its day is left', () => {
  expect(pays(quota, 'basic')).toBe(true);
  expect(pays(quota, 'professional')).toBe(true);
  expect(pays(quota, 'industry')).toBe(false);
  expect(pays({ ...quota, premiumRemaining: 0 }, 'professional')).toBe(false);
  expect(pays({ ...quota, premiumRemaining: 0 }, 'standard')).toBe(true);
  expect(pays({ ...quota, remaining: 0 }, 'basic')).toBe(false);
});
