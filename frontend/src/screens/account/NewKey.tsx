/** Making a key, and showing it the one time. */

import { useState } from 'react';
import { answer, api } from '../../api/client';
import { LIMITS } from '../../api/limits';
import { useMutation } from '../../api/mutations';
import { queries } from '../../api/queries';
import { useUser } from '../../app/session';
import { useText } from '../../i18n/language';
import { Button } from '../../ui/Button';
import { Check } from '../../ui/Check';
import { Copy } from '../../ui/Copy';
import { Dialog } from '../../ui/Dialog';
import { Field } from '../../ui/Field';
import { Notice } from '../../ui/Notice';
import styles from './Account.module.css';
import { curlLine } from './curl';
import { Form, textOf } from './Form';

interface Props {
  open: boolean;
  onClose: () => void;
}

const USUAL: ReadonlySet<string> = new Set(['removals:read', 'removals:write']);

export function NewKey({ open, onClose }: Props) {
  const text = useText().account.keys;
  const admin = useUser()?.role === 'admin';
  const [none, setNone] = useState(false);
  const making = useMutation({
    mutationFn: async (body: { name: string; scopes: string[] }) =>
      (await answer(api.POST('/api/keys', { body }))).key,
    onSuccess: () => queries.invalidateQueries({ queryKey: ['keys'] }),
  });
  const close = () => {
    onClose();
    making.reset();
    setNone(false);
  };
  const send = (form: FormData) => {
    const scopes = form.getAll('scope').map(String);
    setNone(scopes.length === 0);
    if (scopes.length > 0) making.mutate({ name: textOf(form, 'name').trim(), scopes });
  };
  const made = making.data;
  if (made) {
    const line = curlLine(window.location.origin, made.key, made.scopes);
    return (
      <Dialog
        open={open}
        onClose={close}
        title={text.made}
        about={text.once}
        actions={
          <Button look="primary" onClick={close}>
            {text.done}
          </Button>
        }
      >
        <Copy label={text.key} act={text.copyKey} value={made.key} />
        {line && <Copy label={text.try} act={text.copyLine} value={line} />}
      </Dialog>
    );
  }
  const scopes = Object.keys(text.scopeNames).filter((scope) => admin || scope !== 'admin');
  return (
    <Dialog open={open} onClose={close} title={text.create}>
      <Form submit={text.submit} busy={making.isPending} error={making.error} onSubmit={send}>
        <Field
          label={text.name}
          name="name"
          placeholder={text.namePlaceholder}
          required
          maxLength={LIMITS.name}
        />
        <fieldset className={styles.scopes}>
          <legend>{text.scopes}</legend>
          {scopes.map((scope) => (
            <Check key={scope} name="scope" value={scope} defaultChecked={USUAL.has(scope)} hint={scope}>
              {text.scopeNames[scope]}
            </Check>
          ))}
        </fieldset>
        {none && <Notice kind="bad">{text.oneScope}</Notice>}
      </Form>
    </Dialog>
  );
}
