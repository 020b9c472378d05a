/** The frame of log in, register and their like: one narrow card with a form. */
import type { ReactNode, SubmitEvent } from 'react';
import { Mark } from '../../app/Mark';
import { useTitle } from '../../app/title';
import { Button } from '../../ui/Button';
import { Card } from '../../ui/Card';
import styles from './AuthCard.module.css';

interface Props {
  title: string;
  about?: ReactNode;
  submit?: string;
  busy?: boolean;
  onSubmit?: (form: FormData) => void;
  children?: ReactNode;
  foot?: ReactNode;
}

export function AuthCard({ title, about, submit, busy = false, onSubmit, children, foot }: Props) {
  useTitle(title);
  const send = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!busy) onSubmit?.(new FormData(event.currentTarget));
  };
  return (
    <Card className={styles.card}>
      <Mark />
      <h1>{title}</h1>
      {about && <p className={styles.about}>{about}</p>}
      {onSubmit ? (
        <form onSubmit={send} className={styles.form}>
          {children}
          <Button type="submit" look="primary" size="l" busy={busy}>
            {submit}
          </Button>
        </form>
      ) : (
        children
      )}
      {foot && <p className={styles.foot}>{foot}</p>}
    </Card>
  );
}
