/** A short form above the page, that does one thing. */
import type { FormEvent, ReactNode } from 'react';
import { useText } from '../../i18n/language';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { toast } from '../../ui/toasts';
import styles from './Admin.module.css';
import { useAct } from './calls';

interface Props {
  title: string;
  about: ReactNode;
  act: string;
  done: string;
  danger?: boolean;
  onClose: () => void;
  /** What the form's fields ask for. */
  send: (form: FormData) => Promise<unknown>;
  children?: ReactNode;
}

export function Asking({ title, about, act, done, danger = false, onClose, send, children }: Props) {
  const text = useText().shell;
  const acting = useAct(() => {
    toast.good(done);
    onClose();
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    acting.mutate(() => send(form));
  };
  return (
    <Dialog open onClose={onClose} title={title} about={about}>
      <form className={styles.form} onSubmit={submit}>
        {children}
        <div className={styles.buttons}>
          <Button onClick={onClose}>{text.cancel}</Button>
          <Button look={danger ? 'danger' : 'primary'} type="submit" busy={acting.isPending}>
            {act}
          </Button>
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
