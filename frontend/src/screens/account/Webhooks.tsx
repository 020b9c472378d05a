/** Webhooks: made, tried, switched, deleted. */
import { useQuery } from '@tanstack/react-query';
import { Plus, Webhook as WebhookIcon } from 'lucide-react';
import { useState } from 'react';
import { answer, api } from '../../api/client';
import { useText } from '../../i18n/language';
import { Button } from '../../ui/Button';
import { Card, Empty, Skeleton } from '../../ui/Card';
import { ErrorNotice } from '../../ui/Notice';
import styles from './Account.module.css';
import { NewWebhook } from './NewWebhook';
import { WebhookCard } from './WebhookCard';

export function Webhooks() {
  const text = useText().account;
  const [making, make] = useState(false);
  const { data, error } = useQuery({
    queryKey: ['webhooks'],
    queryFn: ({ signal }) => answer(api.GET('/api/webhooks', { signal })),
  });
  return (
    <>
      <Card className={styles.card}>
        <div className={styles.line}>
          <h2>{text.sections.webhooks}</h2>
          <Button look="primary" icon={<Plus />} onClick={() => make(true)}>
            {text.webhooks.create}
          </Button>
        </div>
        <p className={styles.soft}>{text.webhooks.about}</p>
        <ErrorNotice error={error} />
        {!data && !error && <Skeleton height="6rem" />}
        {data?.webhooks.length === 0 && <Empty icon={<WebhookIcon />} title={text.webhooks.none} />}
      </Card>
      {data?.webhooks.map((webhook) => (
        <WebhookCard key={webhook.id} webhook={webhook} />
      ))}
      <NewWebhook open={making} onClose={() => make(false)} />
    </>
  );
}
