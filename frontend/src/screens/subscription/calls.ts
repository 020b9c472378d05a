/** What this screen reads and changes. */
import { queryOptions } from '@tanstack/react-query';
import { answer, api, once, type Schemas } from '../../api/client';
import { useMutation } from '../../api/mutations';
import { creditsChanged, queries } from '../../api/queries';
import type { paths } from '../../api/schema';
import { useErrorText } from '../../ui/errorText';
import { toast } from '../../ui/toasts';
import type { Payment, Subscription } from './offers';

const WATCH_MS = 10_000;

export const plansQuery = queryOptions({
  queryKey: ['plans'],
  queryFn: ({ signal }) => answer(api.GET('/api/background-remover/plans', { signal })),
  staleTime: 3_600_000,
});

export const packagesQuery = queryOptions({
  queryKey: ['packages'],
  queryFn: ({ signal }) => answer(api.GET('/api/payments/packages', { signal })),
  staleTime: 3_600_000,
});

export const subscriptionQuery = queryOptions({
  queryKey: ['subscription'],
  queryFn: async ({ signal }) =>
    (await answer(api.GET('/api/background-remover/subscription', { signal }))).subscription,
});

type Which = NonNullable<paths['/api/payments']['get']['parameters']['query']>;

/** As JSON: the description also knows a file of lines. */
async function readPayments(query: Which, signal: AbortSignal): Promise<Schemas['PaymentsAnswer']> {
  const found = await answer(api.GET('/api/payments', { signal, params: { query } }));
  return found as Schemas['PaymentsAnswer'];
}

/** What waits to be paid; looked at again while something does, for it may be confirmed elsewhere. */
export const dueQuery = queryOptions({
  queryKey: ['payments', 'due'],
  queryFn: async ({ signal }) => {
    const before = queries.getQueryData<Payment[]>(['payments', 'due'])?.length ?? 0;
    const { payments } = await readPayments({ status: 'pending', limit: 20 }, signal);
    if (payments.length < before) paymentsChanged();
    return payments;
  },
  refetchInterval: ({ state }) => (state.data?.length ? WATCH_MS : false),
});

export function paymentsQuery(page: number) {
  return queryOptions({
    queryKey: ['payments', 'page', page],
    queryFn: ({ signal }) => readPayments({ page, limit: 10 }, signal),
  });
}

function paymentsChanged(): void {
  void queries.invalidateQueries({ queryKey: ['payments', 'page'] });
  creditsChanged();
}

export interface Ordered {
  subscription: Subscription | null;
  payment: Payment | null;
}

const header = (key: string) => ({ 'Idempotency-Key': key });

export const acts = {
  subscribe: (plan: string): Promise<Ordered> =>
    once(`subscribe ${plan}`, (key) =>
      answer(api.POST('/api/background-remover/subscription', { body: { plan }, headers: header(key) })),
    ),
  change: (plan: string): Promise<Ordered> =>
    once(`change ${plan}`, (key) =>
      answer(api.POST('/api/background-remover/subscription/plan', { body: { plan }, headers: header(key) })),
    ),
  cancel: async (reason: string): Promise<Ordered> => ({
    ...(await answer(api.DELETE('/api/background-remover/subscription', { body: { reason } }))),
    payment: null,
  }),
  reactivate: async (): Promise<Ordered> => ({
    ...(await answer(api.POST('/api/background-remover/subscription/reactivate'))),
    payment: null,
  }),
  buy: async (packageId: string): Promise<Ordered> => ({
    ...(await once(`buy ${packageId}`, (key) =>
      answer(api.POST('/api/payments', { body: { packageId }, headers: header(key) })),
    )),
    subscription: null,
  }),
  withdraw: async (id: string): Promise<Ordered> => ({
    ...(await answer(
      api.POST('/api/payments/{payment_id}/cancel', { params: { path: { payment_id: id } } }),
    )),
    subscription: null,
  }),
  open: async (id: string): Promise<Ordered> => ({
    ...(await answer(api.POST('/api/payments/{payment_id}/pay', { params: { path: { payment_id: id } } }))),
    subscription: null,
  }),
};

/** Do one of them; what it changed is read anew, and a refusal is said. */
export function useAct(done?: (ordered: Ordered) => void) {
  const describe = useErrorText();
  return useMutation(
    {
      mutationFn: (act: () => Promise<Ordered>) => act(),
      onSuccess: done,
      onError: (error) => toast.bad(describe(error)),
      onSettled: () => {
        paymentsChanged();
        return queries.invalidateQueries({ queryKey: ['payments', 'due'] });
      },
    },
    { evenIfAnswered: true },
  );
}
