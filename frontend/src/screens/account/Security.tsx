/** The password, and the sessions in force. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '../../api/client';
import { useMutation } from '../../api/mutations';
import { queries } from '../../api/queries';
import { useFormat, useText } from '../../i18n/language';
import { Button } from '../../ui/Button';
import { Card, Skeleton } from '../../ui/Card';
import { Check } from '../../ui/Check';
import { Confirm } from '../../ui/Confirm';
import { PasswordField } from '../../ui/Field';
import { ErrorNotice, Notice } from '../../ui/Notice';
import { toast } from '../../ui/toasts';
import styles from './Account.module.css';
import { Form, isWrongPassword, textOf } from './Form';
import { programOf } from './program';

export function Security() {
  return (
    <>
      <Password />
      <Sessions />
    </>
  );
}

function Password() {
  const text = useText().account.password;
  const [turn, setTurn] = useState(0); // an emptied form is a new one
  const changing = useMutation({
    mutationFn: (form: FormData) =>
      answer(
        api.POST('/api/auth/password', {
          body: {
            currentPassword: textOf(form, 'current'),
            newPassword: textOf(form, 'next'),
            revokeKeys: form.get('keys') !== null,
          },
        }),
      ),
    onSuccess: async () => {
      toast.good(text.done);
      setTurn(turn + 1);
      await Promise.all(['sessions', 'keys'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
    },
  });
  const wrong = isWrongPassword(changing.error);
  return (
    <Card className={styles.card}>
      <h2>{text.title}</h2>
      <Form
        key={turn}
        submit={text.submit}
        busy={changing.isPending}
        error={wrong ? null : changing.error}
        onSubmit={changing.mutate}
      >
        <PasswordField label={text.current} name="current" required autoComplete="current-password" />
        <PasswordField
          label={text.next}
          name="next"
          required
          minLength={8}
          hint={text.hint}
          autoComplete="new-password"
        />
        <Check name="keys">{text.keys}</Check>
        {wrong && <Notice kind="bad">{text.wrong}</Notice>}
      </Form>
    </Card>
  );
}

function Sessions() {
  const text = useText().account.sessions;
  const format = useFormat();
  const [asked, ask] = useState(false);
  const { data, error } = useQuery({
    queryKey: ['sessions'],
    queryFn: ({ signal }) => answer(api.GET('/api/auth/sessions', { signal })),
  });
  const ending = useMutation({
    mutationFn: () => answer(api.DELETE('/api/auth/sessions')),
    onSuccess: () => {
      toast.good(text.ended);
      return queries.invalidateQueries({ queryKey: ['sessions'] });
    },
    onSettled: () => ask(false),
  });
  return (
    <Card className={styles.card}>
      <div className={styles.line}>
        <h2>{text.title}</h2>
        {data && data.sessions.length > 1 && <Button onClick={() => ask(true)}>{text.endOthers}</Button>}
      </div>
      <p className={styles.soft}>{text.about}</p>
      <ErrorNotice error={error ?? ending.error} />
      {!data && !error && <Skeleton height="6rem" />}
      <ul className={styles.list}>
        {data?.sessions.map((session) => (
          <li key={session.id}>
            <p className={styles.name}>
              {text[session.kind]}
              {session.address && ` · ${session.address}`}
              {session.current && <span className={styles.good}> · {text.current}</span>}
            </p>
            <p className={styles.small} title={session.userAgent}>
              {programOf(session.userAgent)}
            </p>
            <p className={styles.small}>
              {text.begun(format.dateTime(session.createdAt))} ·{' '}
              {text.used(format.dateTime(session.lastUsedAt))}
            </p>
          </li>
        ))}
      </ul>
      <Confirm
        open={asked}
        onClose={() => ask(false)}
        title={text.endTitle}
        about={text.endAbout}
        act={text.endOthers}
        busy={ending.isPending}
        onAct={() => ending.mutate()}
      />
    </Card>
  );
}
