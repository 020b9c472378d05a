/** Making a webhook, and showing its secret. */

import { useState } from 'react';
import { answer, api, type Schemas } from '../../api/client';
import { LIMITS } from '../../api/limits';
import { useMutation } from '../../api/mutations';
import { queries } from '../../api/queries';
import { useText } from '../../i18n/language';
import { Check } from '../../ui/Check';
import { Dialog } from '../../ui/Dialog';
import { Field } from '../../ui/Field';
import { Notice } from '../../ui/Notice';
import styles from './Account.module.css';
import { Form, textOf } from './Form';
import { SecretDialog } from './SecretDialog';

type Wanted = Schemas['WebhookRequest'];
type Event = Wanted['events'][number];

export function NewWebhook({ open, onClose }: { open: boolean; onClose: () => void }) {
  const text = useText().account.webhooks;
  const [none, setNone] = useState(false);
  const making = useMutation({
    mutationFn: async (body: Wanted) => (await answer(api.POST('/api/webhooks', { body }))).webhook,
    onSuccess: () => queries.invalidateQueries({ queryKey: ['webhooks'] }),
  });
  const close = () => {
    onClose();
    making.reset();
    setNone(false);
  };
  const send = (form: FormData) => {
    const events = form.getAll('event').map(String) as Event[];
    setNone(events.length === 0);
    if (events.length === 0) return;
    making.mutate({
      url: textOf(form, 'url').trim(),
      description: textOf(form, 'description').trim(),
      events,
    });
  };
  if (making.data) {
    return <SecretDialog open={open} onClose={close} title={text.made} secret={making.data.secret} />;
  }
  return (
    <Dialog open={open} onClose={close} title={text.create}>
      <Form submit={text.submit} busy={making.isPending} error={making.error} onSubmit={send}>
        <Field
          label={text.url}
          name="url"
          type="url"
          required
          maxLength={LIMITS.url}
          hint={text.urlHint}
          placeholder="https://example.com/lumiku"
        />
        <Field label={text.description} name="description" maxLength={LIMITS.noteOfWebhook} />
        <fieldset className={styles.scopes}>
          <legend>{text.events}</legend>
          {Object.entries(text.eventNames).map(([event, name]) => (
            <Check
              key={event}
              name="event"
              value={event}
              defaultChecked={event === 'batch.completed'}
              hint={event}
            >
              {name}
            </Check>
          ))}
        </fieldset>
        {none && <Notice kind="bad">{text.oneEvent}</Notice>}
      </Form>
    </Dialog>
  );
}
