import { expect, test } from 'vitest';
import { ApiError } from '../../api/errors';
import { missing, shortOf } from './afford';

const quota = {
  plan: 'starter',
  limit: 50,
  used: 50,
  remaining: 0,
  premiumLimit: 0,
  premiumUsed: 0,
  premiumRemaining: 0,
  tiers: ['basic' as const],
  resetsAt: '2026-11-30T00:00:00Z',
};
const quote = { finalCredits: 57, quotaImages: 0, tier: 'basic' as const };

test('what others reserved meanwhile is not there to pay with', () => {
  expect(shortOf(quote, { creditBalance: 57, creditsHeld: 0, quota: null })).toBeNull();
  const short = shortOf(quote, { creditBalance: 100, creditsHeld: 57, quota: null });
  expect(short?.details).toEqual({ required: 57, available: 43 });
});

test('a plan that is used up is named, and one that has no such tier is not', () => {
  const poor = { creditBalance: 2, creditsHeld: 0, quota };
  expect(shortOf(quote, poor)?.details).toMatchObject({ quotaImages: 0, quotaResetsAt: quota.resetsAt });
  expect(shortOf({ ...quote, tier: 'industry' }, poor)?.details).not.toHaveProperty('quotaImages');
});

test('only a refusal for credits says how many', () => {
  expect(missing(new ApiError(402, 'INSUFFICIENT_CREDITS', '', { required: 57, available: 2 }))).toBe(57);
  expect(missing(new ApiError(503, 'SERVICE_UNAVAILABLE', ''))).toBeNull();
});
