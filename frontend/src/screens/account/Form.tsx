/** A form of the account: its fields, what went wrong, and the button. */
import type { ReactNode, SubmitEvent } from 'react';
import { ApiError } from '../../api/errors';
import { Button } from '../../ui/Button';
import { ErrorNotice } from '../../ui/Notice';
import styles from './Account.module.css';

interface Props {
  submit: string;
  busy: boolean;
  error: unknown;
  look?: 'primary' | 'danger';
  onSubmit: (form: FormData) => void;
  /** Any of its fields is another now. */
  onChange?: (() => void) | undefined;
  children: ReactNode;
}

export function Form({ submit, busy, error, look = 'primary', onSubmit, onChange, children }: Props) {
  const send = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!busy) onSubmit(new FormData(event.currentTarget));
  };
  return (
    <form className={styles.form} onSubmit={send} onChange={onChange}>
      {children}
      <ErrorNotice error={error} />
      <div>
        <Button type="submit" look={look} busy={busy}>
          {submit}
        </Button>
      </div>
    </form>
  );
}

export function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}

/** Whether it was the person's own password that was not right. */
export function isWrongPassword(error: unknown): boolean {
  return error instanceof ApiError && error.details.field === 'currentPassword';
}
