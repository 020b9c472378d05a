/** What was sent to a webhook, and whether it arrived. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { RotateCw } from 'lucide-react';
import { useState } from 'react';
import { answer, api, type Schemas } from '../../api/client';
import { useMutation } from '../../api/mutations';
import { queries } from '../../api/queries';
import { useFormat, useText } from '../../i18n/language';
import { Button, IconButton } from '../../ui/Button';
import { Skeleton } from '../../ui/Card';
import { useErrorText } from '../../ui/errorText';
import { ErrorNotice } from '../../ui/Notice';
import { toast } from '../../ui/toasts';
import styles from './Account.module.css';

type Delivery = Schemas['DeliveryBody'];
type Reason = NonNullable<Delivery['lastReason']>;
const PENDING_MS = 3000;

export function Deliveries({ id }: { id: string }) {
  const text = useText().account.webhooks;
  const [page, turn] = useState(1);
  const { data, error } = useQuery({
    queryKey: ['deliveries', id, page],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/webhooks/{webhook_id}/deliveries', {
          signal,
          params: { path: { webhook_id: id }, query: { page, limit: 10 } },
        }),
      ),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      state.data?.deliveries.some(({ status }) => status === 'pending') ? PENDING_MS : false,
  });
  if (error && !data) return <ErrorNotice error={error} />;
  if (!data) return <Skeleton height="4rem" />;
  if (data.pagination.total === 0) return <p className={styles.small}>{text.noDeliveries}</p>;
  return (
    <>
      <ul className={styles.deliveries}>
        {data.deliveries.map((delivery) => (
          <Line key={delivery.id} delivery={delivery} />
        ))}
      </ul>
      {data.pagination.pages > 1 && (
        <div className={styles.acts}>
          <Button size="s" look="ghost" disabled={page <= 1} onClick={() => turn(page - 1)}>
            {text.newer}
          </Button>
          <Button
            size="s"
            look="ghost"
            disabled={page >= data.pagination.pages}
            onClick={() => turn(page + 1)}
          >
            {text.older}
          </Button>
        </div>
      )}
    </>
  );
}

/** Nothing where the status says it; the server's own words where it failed before there were reasons. */
function reasonOf({ lastReason, lastError, lastStatus }: Delivery, known: Record<Reason, string>) {
  if (lastReason === 'refused' && lastStatus !== null) return null;
  return lastReason ? known[lastReason] : lastError;
}

function Line({ delivery }: { delivery: Delivery }) {
  const text = useText().account.webhooks;
  const format = useFormat();
  const describe = useErrorText();
  const again = useMutation({
    mutationFn: () => {
      const params = { path: { delivery_id: delivery.id } };
      return answer(api.POST('/api/webhooks/deliveries/{delivery_id}/redeliver', { params }));
    },
    onSuccess: () => {
      toast.good(text.sentAgain);
      return queries.invalidateQueries({ queryKey: ['deliveries', delivery.webhookId] });
    },
    onError: (error) => {
      toast.bad(describe(error));
    },
  });
  const tone = { succeeded: styles.good, failed: styles.bad }[delivery.status as string] ?? '';
  const facts = [
    format.dateTime(delivery.createdAt),
    delivery.attempts > 0 && text.attempts(format.number(delivery.attempts)),
    delivery.lastStatus !== null && text.answered(String(delivery.lastStatus)),
    reasonOf(delivery, text.reasons),
    delivery.status === 'pending' &&
      delivery.nextAttemptAt &&
      text.next(format.dateTime(delivery.nextAttemptAt)),
  ].filter(Boolean);
  return (
    <li>
      <div>
        <p>
          <code>{delivery.type}</code>{' '}
          <span className={tone}>{text.statuses[delivery.status] ?? delivery.status}</span>
        </p>
        <p className={styles.small}>{facts.join(' · ')}</p>
      </div>
      <IconButton
        size="s"
        label={text.again(delivery.type)}
        icon={<RotateCw />}
        busy={again.isPending}
        onClick={() => again.mutate()}
      />
    </li>
  );
}
