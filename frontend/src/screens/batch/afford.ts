/** Whether what is quoted can be paid, told as the server would refuse it. */
import type { Schemas } from '../../api/client';
import { ApiError } from '../../api/errors';
import type { Quote } from './calls';

/** What there is to pay with, as the account's numbers tell it. */
interface Purse {
  creditBalance: number;
  creditsHeld: number;
  quota: Schemas['QuotaBody'] | null;
}

/** Credits that nothing is reserved from. */
export function freeCredits({ creditBalance, creditsHeld }: Omit<Purse, 'quota'>): number {
  return creditBalance - creditsHeld;
}

/** The refusal that starting would meet; null where there is enough. */
export function shortOf(
  quote: Pick<Quote, 'finalCredits' | 'quotaImages' | 'tier'>,
  purse: Purse,
): ApiError | null {
  const required = quote.finalCredits;
  const available = freeCredits(purse);
  if (required <= available) return null;
  const { quota } = purse;
  const plan = quota?.tiers.includes(quote.tier) && {
    quotaImages: quote.quotaImages,
    quotaResetsAt: quota.resetsAt,
  };
  return new ApiError(402, 'INSUFFICIENT_CREDITS', '', { required, available, ...plan });
}

/** What a start was refused for, if it was credits. */
export function missing(error: unknown): number | null {
  if (!(error instanceof ApiError && error.code === 'INSUFFICIENT_CREDITS')) return null;
  return typeof error.details.required === 'number' ? error.details.required : null;
}
