/** What administrators read and change. */
import { queryOptions, useMutation } from '@tanstack/react-query';
import { answer, api, idempotencyKey, type Schemas } from '../../api/client';
import { queries } from '../../api/queries';
import { useErrorText } from '../../ui/errorText';
import { toast } from '../../ui/toasts';

export type Person = Schemas['ListedUserBody'];
export type Payment = Schemas['AdminPaymentBody'];
export type Status = Payment['status'];

export const peopleQuery = (search: string, page: number) =>
  queryOptions({
    queryKey: ['admin', 'people', search, page],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/admin/users', { signal, params: { query: { search, page } } })),
    placeholderData: (before) => before,
  });

export const paymentsQuery = (status: Status | null, page: number) =>
  queryOptions({
    queryKey: ['admin', 'payments', status, page],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/admin/payments', { signal, params: { query: { status, page } } })),
    placeholderData: (before) => before,
  });

export const daysQuery = (days: number) =>
  queryOptions({
    queryKey: ['admin', 'days', days],
    queryFn: async ({ signal }) =>
      (await answer(api.GET('/api/admin/days', { signal, params: { query: { days } } }))).days,
    placeholderData: (before) => before,
  });

export const revenueQuery = (days: number) =>
  queryOptions({
    queryKey: ['admin', 'revenue', days],
    queryFn: async ({ signal }) => {
      const query = { period: `${days}d` };
      return (await answer(api.GET('/api/admin/revenue', { signal, params: { query } }))).revenue;
    },
    placeholderData: (before) => before,
  });

export const statsQuery = (days: number) =>
  queryOptions({
    queryKey: ['admin', 'stats', days],
    queryFn: async ({ signal }) => {
      const query = { period: `${days}d` };
      return (await answer(api.GET('/api/admin/stats', { signal, params: { query } }))).stats;
    },
    placeholderData: (before) => before,
  });

export const runningQuery = queryOptions({
  queryKey: ['admin', 'running'],
  queryFn: ({ signal }) => answer(api.GET('/api/admin/running', { signal })),
  refetchInterval: 5000,
});

const key = () => ({ 'Idempotency-Key': idempotencyKey() });
const userPath = (id: string) => ({ path: { user_id: id } });
const paymentPath = (id: string) => ({ path: { payment_id: id } });

export const acts = {
  grant: (userId: string, amount: number, note: string): Promise<unknown> =>
    answer(
      api.POST('/api/admin/credits', {
        body: { userId, amount, note },
        params: { header: key() },
      }),
    ),
  suspend: (id: string): Promise<unknown> =>
    answer(api.POST('/api/admin/users/{user_id}/suspend', { params: userPath(id) })),
  restore: (id: string): Promise<unknown> =>
    answer(api.POST('/api/admin/users/{user_id}/restore', { params: userPath(id) })),
  confirm: (id: string, reference: string): Promise<unknown> =>
    answer(
      api.POST('/api/admin/payments/{payment_id}/confirm', {
        body: { reference },
        params: paymentPath(id),
        headers: key(),
      }),
    ),
  refund: (id: string, reason: string): Promise<unknown> =>
    answer(
      api.POST('/api/admin/payments/{payment_id}/refund', {
        body: { reason },
        params: paymentPath(id),
        headers: key(),
      }),
    ),
};

/** Do one of them; everything that administrators see is read anew. */
export function useAct(done: () => void) {
  const describe = useErrorText();
  return useMutation({
    mutationFn: (act: () => Promise<unknown>) => act(),
    onSuccess: done,
    onError: (error) => toast.bad(describe(error)),
    onSettled: () => queries.invalidateQueries({ queryKey: ['admin'] }),
  });
}
