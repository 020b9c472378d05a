/** The sessions in force: one of them, or all others, can be ended. */
import { useQuery } from '@tanstack/react-query';
import { LogOut } from 'lucide-react';
import { useState } from 'react';
import { answer, api, type Schemas } from '../../api/client';
import { useMutation } from '../../api/mutations';
import { queries } from '../../api/queries';
import { useFormat, useText } from '../../i18n/language';
import { Button, IconButton } from '../../ui/Button';
import { Card, Skeleton } from '../../ui/Card';
import { Confirm } from '../../ui/Confirm';
import { useErrorText } from '../../ui/errorText';
import { ErrorNotice } from '../../ui/Notice';
import { toast } from '../../ui/toasts';
import styles from './Account.module.css';
import { programOf } from './program';

type Session = Schemas['SessionBody'];

const readAgain = () => queries.invalidateQueries({ queryKey: ['sessions'] });

export function Sessions() {
  const text = useText().account.sessions;
  const [asked, ask] = useState(false);
  const { data, error } = useQuery({
    queryKey: ['sessions'],
    queryFn: ({ signal }) => answer(api.GET('/api/auth/sessions', { signal })),
  });
  const ending = useMutation({
    mutationFn: () => answer(api.DELETE('/api/auth/sessions')),
    onSuccess: () => {
      toast.good(text.ended);
      return readAgain();
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
          <Line key={session.id} session={session} />
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

function Line({ session }: { session: Session }) {
  const text = useText().account.sessions;
  const format = useFormat();
  const describe = useErrorText();
  const ending = useMutation({
    mutationFn: () =>
      answer(api.DELETE('/api/auth/sessions/{session_id}', { params: { path: { session_id: session.id } } })),
    onSuccess: () => {
      toast.good(text.oneEnded);
    },
    onError: (error) => {
      toast.bad(describe(error));
    },
    onSettled: readAgain,
  });
  const name = [text[session.kind], session.address].filter(Boolean).join(' · ');
  return (
    <li className={styles.line}>
      <div>
        <p className={styles.name}>
          {name}
          {session.current && <span className={styles.good}> · {text.current}</span>}
        </p>
        <p className={styles.small} title={session.userAgent}>
          {programOf(session.userAgent)}
        </p>
        <p className={styles.small}>
          {text.begun(format.dateTime(session.createdAt))} · {text.used(format.dateTime(session.lastUsedAt))}
        </p>
      </div>
      {!session.current && (
        <IconButton
          label={text.endOne(name)}
          icon={<LogOut />}
          busy={ending.isPending}
          onClick={() => ending.mutate()}
        />
      )}
    </li>
  );
}
