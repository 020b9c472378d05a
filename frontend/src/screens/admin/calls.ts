/** What administrators read and change. */
import { queryOptions } from '@tanstack/react-query';
import { answer, api, type Schemas } from '../../api/client';
import { ApiError } from '../../api/errors';
import { useMutation } from '../../api/mutations';
import { queries } from '../../api/queries';

export type Person = Schemas['ListedUserBody'];
export type Whole = Schemas['PersonAnswer'];
export type Payment = Schemas['AdminPaymentBody'];
export type Status = Payment['status'];
export type Matter = Schemas['MatterBody'];

export const attentionQuery = queryOptions({
  queryKey: ['admin', 'attention'],
  queryFn: async ({ signal }) => (await answer(api.GET('/api/admin/attention', { signal }))).matters,
  refetchInterval: 60_000,
});

export const peopleQuery = (search: string, page: number) =>
  queryOptions({
    queryKey: ['admin', 'people', search, page],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/admin/users', { signal, params: { query: { search, page } } })),
  });

/** Nothing where there is no such person any more. */
export const personQuery = (id: string) =>
  queryOptions({
    queryKey: ['admin', 'person', id],
    queryFn: async ({ signal }) => {
      try {
        return await answer(api.GET('/api/admin/users/{user_id}', { signal, params: userPath(id) }));
      } catch (error) {
        if (error instanceof ApiError && [404, 422].includes(error.status)) return null;
        throw error;
      }
    },
  });

export interface Which {
  status?: Status | null;
  attention?: boolean;
  userId?: string;
  page: number;
}

export const paymentsQuery = (which: Which) =>
  queryOptions({
    queryKey: ['admin', 'payments', which],
    queryFn: ({ signal }) => answer(api.GET('/api/admin/payments', { signal, params: { query: which } })),
  });

export const paymentQuery = (id: string) =>
  queryOptions({
    queryKey: ['admin', 'payment', id],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/admin/payments/{payment_id}', { signal, params: paymentPath(id) })),
    staleTime: 0,
  });

export const daysQuery = (days: number) =>
  queryOptions({
    queryKey: ['admin', 'days', days],
    queryFn: async ({ signal }) =>
      (await answer(api.GET('/api/admin/days', { signal, params: { query: { days } } }))).days,
  });

export const revenueQuery = (days: number) =>
  queryOptions({
    queryKey: ['admin', 'revenue', days],
    queryFn: async ({ signal }) => {
      const query = { period: `${days}d` };
      return (await answer(api.GET('/api/admin/revenue', { signal, params: { query } }))).revenue;
    },
  });

export const statsQuery = (days: number) =>
  queryOptions({
    queryKey: ['admin', 'stats', days],
    queryFn: async ({ signal }) => {
      const query = { period: `${days}d` };
      return (await answer(api.GET('/api/admin/stats', { signal, params: { query } }))).stats;
    },
  });

export const runningQuery = queryOptions({
  queryKey: ['admin', 'running'],
  queryFn: ({ signal }) => answer(api.GET('/api/admin/running', { signal })),
  refetchInterval: 5000,
});

const once = (key: string) => ({ 'Idempotency-Key': key });
const userPath = (id: string) => ({ path: { user_id: id } });
const paymentPath = (id: string) => ({ path: { payment_id: id } });

/** `key` stands for one decision, so that trying it again does it once. */
export const acts = {
  giveCredits: async (userId: string, amount: number, note: string, key: string) =>
    (
      await answer(
        api.POST('/api/admin/credits', { body: { userId, amount, note }, params: { header: once(key) } }),
      )
    ).entry,
  givePlan: async (id: string, wanted: Schemas['GrantRequest'], key: string) =>
    (
      await answer(
        api.POST('/api/admin/subscriptions/{user_id}/grant', {
          body: wanted,
          params: { ...userPath(id), header: once(key) },
        }),
      )
    ).subscription,
  revokePlan: (id: string, reason: string, key: string) =>
    answer(
      api.POST('/api/admin/subscriptions/{user_id}/revoke', {
        body: { reason },
        params: { ...userPath(id), header: once(key) },
      }),
    ),
  suspendPlan: (id: string, reason: string) =>
    answer(
      api.POST('/api/admin/subscriptions/{user_id}/suspend', { body: { reason }, params: userPath(id) }),
    ),
  resumePlan: (id: string, reason: string) =>
    answer(api.POST('/api/admin/subscriptions/{user_id}/resume', { body: { reason }, params: userPath(id) })),
  giveAddress: (id: string, email: string) =>
    answer(api.POST('/api/admin/users/{user_id}/address', { body: { email }, params: userPath(id) })),
  suspend: (id: string) => answer(api.POST('/api/admin/users/{user_id}/suspend', { params: userPath(id) })),
  restore: (id: string) => answer(api.POST('/api/admin/users/{user_id}/restore', { params: userPath(id) })),
  confirm: (id: string, reference: string, key: string) =>
    answer(
      api.POST('/api/admin/payments/{payment_id}/confirm', {
        body: { reference },
        params: paymentPath(id),
        headers: once(key),
      }),
    ),
  withdraw: (id: string, note: string) =>
    answer(
      api.POST('/api/admin/payments/{payment_id}/withdraw', { body: { note }, params: paymentPath(id) }),
    ),
  handled: (id: string, note: string) =>
    answer(api.POST('/api/admin/payments/{payment_id}/handled', { body: { note }, params: paymentPath(id) })),
  refund: async (id: string, wanted: Schemas['RefundRequest'], key: string) =>
    (
      await answer(
        api.POST('/api/admin/payments/{payment_id}/refund', {
          body: wanted,
          params: paymentPath(id),
          headers: once(key),
        }),
      )
    ).payment,
};

/** Do one of them; everything that administrators see is read anew. */
export function useAct<T>(done: (answer: T) => void) {
  return useMutation({
    mutationFn: (act: () => Promise<T>) => act(),
    onSuccess: done,
    onSettled: () => queries.invalidateQueries({ queryKey: ['admin'] }),
  });
}
