/** One webhook: what it is sent, whether it is on, and what can be done with it. */

import { useState } from 'react';
import { answer, api, type Schemas } from '../../api/client';
import { useMutation } from '../../api/mutations';
import { queries } from '../../api/queries';
import { useFormat, useText } from '../../i18n/language';
import { Button } from '../../ui/Button';
import { Card } from '../../ui/Card';
import { Confirm } from '../../ui/Confirm';
import { ErrorNotice } from '../../ui/Notice';
import { toast } from '../../ui/toasts';
import styles from './Account.module.css';
import { Deliveries } from './Deliveries';
import { SecretDialog } from './SecretDialog';

type Webhook = Schemas['WebhookBody'];

export function WebhookCard({ webhook }: { webhook: Webhook }) {
  const text = useText().account.webhooks;
  const format = useFormat();
  const [shown, show] = useState(false);
  const off =
    webhook.disabledReason === 'owner' || !webhook.disabledReason ? text.off : text[webhook.disabledReason];
  return (
    <Card className={styles.card}>
      <div>
        <h3 className={styles.name}>{webhook.url}</h3>
        <p className={styles.small}>
          <span className={webhook.enabled ? styles.good : styles.bad}>
            {webhook.enabled ? text.on : off}
          </span>
          {webhook.failingSince && ` · ${text.failingSince(format.dateTime(webhook.failingSince))}`}
          {webhook.description && ` · ${webhook.description}`}
        </p>
        <p className={styles.small}>
          {webhook.events.map((event) => text.eventNames[event] ?? event).join('; ')}
        </p>
      </div>
      <Acts webhook={webhook} onTested={() => show(true)} />
      <details open={shown} onToggle={(event) => show(event.currentTarget.open)}>
        <summary>{text.deliveries}</summary>
        {shown && <Deliveries id={webhook.id} />}
      </details>
    </Card>
  );
}

function Acts({ webhook, onTested }: { webhook: Webhook; onTested: () => void }) {
  const text = useText().account.webhooks;
  const [asked, ask] = useState<'remove' | 'secret' | null>(null);
  const { turn, test, secret, renew, remove, error } = useActs(webhook, onTested);
  const shown = renew.data ?? secret.data;
  return (
    <>
      <fieldset className={styles.scopes}>
        <legend className="visually-hidden">{text.actions(webhook.url)}</legend>
        <div className={styles.acts}>
          {webhook.enabled && (
            <Button size="s" busy={test.isPending} onClick={() => test.mutate()}>
              {text.test}
            </Button>
          )}
          <Button size="s" busy={secret.isPending} onClick={() => secret.mutate()}>
            {text.showSecret}
          </Button>
          <Button size="s" onClick={() => ask('secret')}>
            {text.newSecret}
          </Button>
          <Button size="s" busy={turn.isPending} onClick={() => turn.mutate()}>
            {webhook.enabled ? text.disable : text.enable}
          </Button>
          <Button size="s" look="danger" onClick={() => ask('remove')}>
            {text.remove}
          </Button>
        </div>
      </fieldset>
      <ErrorNotice error={error} />
      <SecretDialog
        open={shown !== undefined}
        onClose={() => {
          secret.reset();
          renew.reset();
        }}
        title={text.secret}
        secret={shown?.secret ?? ''}
      />
      <Confirm
        open={asked === 'secret'}
        onClose={() => ask(null)}
        title={text.newSecretTitle}
        about={text.newSecretAbout}
        act={text.newSecret}
        busy={renew.isPending}
        onAct={() => renew.mutate(undefined, { onSettled: () => ask(null) })}
      />
      <Confirm
        open={asked === 'remove'}
        onClose={() => ask(null)}
        title={text.removeTitle}
        about={text.removeAbout(webhook.url)}
        act={text.remove}
        busy={remove.isPending}
        onAct={() => remove.mutate(undefined, { onSettled: () => ask(null) })}
      />
    </>
  );
}

function useActs({ id, enabled }: Webhook, onTested: () => void) {
  const text = useText().account.webhooks;
  const params = { path: { webhook_id: id } };
  const readAgain = () => queries.invalidateQueries({ queryKey: ['webhooks'] });
  const turn = useMutation({
    mutationFn: () => answer(api.PUT('/api/webhooks/{webhook_id}', { params, body: { enabled: !enabled } })),
    onSuccess: readAgain,
  });
  const test = useMutation({
    mutationFn: () => answer(api.POST('/api/webhooks/{webhook_id}/test', { params })),
    onSuccess: () => {
      toast.good(text.tested);
      onTested();
      return queries.invalidateQueries({ queryKey: ['deliveries', id] });
    },
  });
  const secret = useMutation({
    mutationFn: () => answer(api.GET('/api/webhooks/{webhook_id}/secret', { params })),
  });
  const renew = useMutation({
    mutationFn: () => answer(api.POST('/api/webhooks/{webhook_id}/secret', { params })),
  });
  const remove = useMutation({
    mutationFn: () => answer(api.DELETE('/api/webhooks/{webhook_id}', { params })),
    onSuccess: () => {
      toast.good(text.removed);
      return readAgain();
    },
  });
  const error = turn.error ?? test.error ?? secret.error ?? renew.error ?? remove.error;
  return { turn, test, secret, renew, remove, error };
}
