/** A short form above the page, that does one thing, once however often it is sent. */
import { type FormEvent, type ReactNode, useState } from 'react';
import { idempotencyKey } from '../../api/client';
import { ApiError } from '../../api/errors';
import { useText } from '../../i18n/language';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { ErrorNotice, Notice } from '../../ui/Notice';
import { toast } from '../../ui/toasts';
import styles from './Admin.module.css';
import own from './Asking.module.css';
import { useAct } from './calls';

interface Props<T> {
  title: string;
  about: ReactNode;
  /** What is decided on, as names and values. */
  facts?: readonly (readonly [string, ReactNode])[];
  act: string;
  done: string | ((answer: T) => string);
  danger?: boolean;
  /** It cannot be done at all: the children say why. */
  barred?: boolean;
  /** What a refusal means here, by its code. */
  refusals?: Readonly<Record<string, string>>;
  onClose: () => void;
  /** What the form's fields ask for. */
  send: (form: FormData, key: string) => Promise<T>;
  children?: ReactNode;
}

export function Asking<T>(props: Props<T>) {
  const { title, about, facts = [], act, done, danger = false, barred = false, onClose, send } = props;
  const text = useText().shell;
  const [key] = useState(idempotencyKey);
  const acting = useAct<T>((answered) => {
    toast.good(typeof done === 'string' ? done : done(answered));
    onClose();
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    if (!barred) acting.mutate(() => send(form, key));
  };
  const meant = acting.error instanceof ApiError ? props.refusals?.[acting.error.code] : undefined;
  return (
    <Dialog open onClose={onClose} title={title} about={about}>
      <form className={styles.form} onSubmit={submit}>
        {facts.length > 0 && (
          <dl className={own.asked}>
            {facts.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        )}
        {props.children}
        {!barred && (meant ? <Notice kind="bad">{meant}</Notice> : <ErrorNotice error={acting.error} />)}
        <div className={styles.buttons}>
          <Button onClick={onClose}>{text.cancel}</Button>
          {!barred && (
            <Button look={danger ? 'danger' : 'primary'} type="submit" busy={acting.isPending}>
              {act}
            </Button>
          )}
        </div>
      </form>
    </Dialog>
  );
}

/** A text field of a form. */
export function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value.trim() : '';
}
