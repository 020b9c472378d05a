import { expect, test } from 'vitest';
import { canCancel, offerOf, type Plan, type Subscription, shareLeft } from './offers';

const plan = (name: string): Plan => ({
  name,
  priceIDR: 1,
  dailyRemovals: 1,
  dailyPremium: 0,
  tiers: ['basic'],
});
const have = (changed: Partial<Subscription>): Subscription => ({
  id: 'x',
  plan: 'starter',
  status: 'active',
  usable: true,
  periodStart: null,
  periodEnd: null,
  paidUntil: null,
  graceUntil: null,
  nextPlan: null,
  cancelledAt: null,
  cancelReason: '',
  givenMonths: 0,
  upgrades: {},
  suspended: false,
  quota: null,
  createdAt: '2026-01-01T00:00:00Z',
  ...changed,
});
const offers = (subscription: Subscription | null) =>
  ['starter', 'pro'].map((name) => offerOf(plan(name), subscription).kind);

test('each state offers what the server would do', () => {
  expect(offers(null)).toEqual(['subscribe', 'subscribe']);
  expect(offers(have({ status: 'pending_payment' }))).toEqual(['subscribe', 'subscribe']);
  expect(offers(have({ status: 'expired' }))).toEqual(['subscribe', 'subscribe']);
  expect(offers(have({ upgrades: { pro: 150_000 } }))).toEqual(['current', 'upgrade']);
  expect(offers(have({ plan: 'pro' }))).toEqual(['downgrade', 'current']);
  expect(offers(have({ plan: 'pro', nextPlan: 'starter' }))).toEqual(['follows', 'keep']);
  expect(offers(have({ status: 'past_due' }))).toEqual(['renew', 'subscribe']);
  expect(offers(have({ status: 'cancelled', upgrades: { pro: 9 } }))).toEqual(['reactivate', 'upgrade']);
  expect(offers(have({ plan: 'pro', status: 'cancelled' }))).toEqual(['closed', 'reactivate']);
  expect(offers(have({ suspended: true }))).toEqual(['current', 'closed']);
});

test('the price of an upgrade is the server’s', () => {
  expect(offerOf(plan('pro'), have({ upgrades: { pro: 123 } }))).toEqual({ kind: 'upgrade', price: 123 });
});

test('what is over, or not begun, cannot be cancelled', () => {
  expect(canCancel(have({}))).toBe(true);
  expect(canCancel(have({ status: 'past_due' }))).toBe(true);
  expect(canCancel(have({ status: 'cancelled' }))).toBe(false);
  expect(canCancel(have({ suspended: true }))).toBe(false);
});

test('a share stays within its bounds', () => {
  expect(shareLeft(5, 10)).toBe(0.5);
  expect(shareLeft(-1, 10)).toBe(0);
  expect(shareLeft(0, 0)).toBe(1);
});
