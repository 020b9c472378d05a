/** API keys: made, shown once, revoked. */
import { useQuery } from '@tanstack/react-query';
import { KeyRound, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { answer, api, type Schemas } from '../../api/client';
import { useMutation } from '../../api/mutations';
import { queries } from '../../api/queries';
import { useFormat, useText } from '../../i18n/language';
import { Button, IconButton } from '../../ui/Button';
import { Card, Empty, Skeleton } from '../../ui/Card';
import { Confirm } from '../../ui/Confirm';
import { ErrorNotice } from '../../ui/Notice';
import { toast } from '../../ui/toasts';
import styles from './Account.module.css';
import { NewKey } from './NewKey';

type Key = Schemas['KeyBody'];

export function Keys() {
  const text = useText().account;
  const [making, make] = useState(false);
  const { data, error } = useQuery({
    queryKey: ['keys'],
    queryFn: ({ signal }) => answer(api.GET('/api/keys', { signal })),
  });
  return (
    <Card className={styles.card}>
      <div className={styles.line}>
        <h2>{text.sections.keys}</h2>
        <Button look="primary" icon={<Plus />} onClick={() => make(true)}>
          {text.keys.create}
        </Button>
      </div>
      <p className={styles.soft}>{text.keys.about}</p>
      <ErrorNotice error={error} />
      {!data && !error && <Skeleton height="6rem" />}
      {data?.keys.length === 0 && <Empty icon={<KeyRound />} title={text.keys.none} />}
      <ul className={styles.list}>
        {data?.keys.map((key) => (
          <Line key={key.id} of={key} />
        ))}
      </ul>
      <NewKey open={making} onClose={() => make(false)} />
    </Card>
  );
}

function Line({ of: key }: { of: Key }) {
  const text = useText().account.keys;
  const format = useFormat();
  const [asked, ask] = useState(false);
  const revoking = useMutation({
    mutationFn: () => answer(api.DELETE('/api/keys/{key_id}', { params: { path: { key_id: key.id } } })),
    onSuccess: () => {
      toast.good(text.revoked);
      return queries.invalidateQueries({ queryKey: ['keys'] });
    },
    onSettled: () => ask(false),
  });
  return (
    <li className={styles.line}>
      <div>
        <p className={styles.name}>{key.name}</p>
        <p className={styles.small}>
          <code>{key.prefix}…</code> · {text.made_on(format.date(key.createdAt))} ·{' '}
          {key.lastUsedAt ? text.used(format.dateTime(key.lastUsedAt)) : text.unused}
        </p>
        <p className={styles.small}>
          {key.scopes.map((scope) => text.scopeNames[scope] ?? scope).join('; ')}
        </p>
      </div>
      <ErrorNotice error={revoking.error} />
      <IconButton label={text.revoke(key.name)} icon={<Trash2 />} onClick={() => ask(true)} />
      <Confirm
        open={asked}
        onClose={() => ask(false)}
        title={text.revokeTitle}
        about={text.revokeAbout(key.name)}
        act={text.revokeAct}
        busy={revoking.isPending}
        onAct={() => revoking.mutate()}
      />
    </li>
  );
}
