/** People with accounts: found, given credits, shut out and let in again. */
import { useSuspenseQuery } from '@tanstack/react-query';
import { Search } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { useFormat, useText } from '../../i18n/language';
import { Button } from '../../ui/Button';
import { Field } from '../../ui/Field';
import { Pages } from '../../ui/Pages';
import styles from './Admin.module.css';
import { Asking, textOf } from './Asking';
import { acts, type Person, peopleQuery } from './calls';

export function People() {
  const text = useText().admin.people;
  const [search, setSearch] = useState('');
  const [page, setPage] = useState(1);
  const sought = useDeferredValue(search);
  const { data } = useSuspenseQuery(peopleQuery(sought.trim(), page));
  const format = useFormat();
  return (
    <>
      <search className={styles.search}>
        <Field
          label={text.search}
          type="search"
          value={search}
          maxLength={200}
          onChange={(event) => {
            setSearch(event.target.value);
            setPage(1);
          }}
        >
          <Search size={18} aria-hidden="true" className={styles.glass} />
        </Field>
        <p role="status">{text.found(format.number(data.pagination.total))}</p>
      </search>
      <ul className={styles.list}>
        {data.users.map((person) => (
          <Line key={person.id} person={person} />
        ))}
      </ul>
      <Pages pagination={data.pagination} onPage={setPage} />
    </>
  );
}

function Line({ person }: { person: Person }) {
  const text = useText().admin.people;
  const format = useFormat();
  const [asking, ask] = useState<'grant' | 'suspend' | 'restore' | null>(null);
  const { id, email, name, role, status, createdAt } = person;
  const close = () => ask(null);
  return (
    <li className={styles.row}>
      <span className={styles.what}>
        <strong>{name || email}</strong>
        <small>
          {email} · {text.since(format.date(createdAt))}
        </small>
      </span>
      <span className={styles.tags}>
        {role === 'admin' && <span className={styles.tag}>{text.admin}</span>}
        {status !== 'active' && (
          <span className={styles.tag} data-kind="bad">
            {text.statuses[status]}
          </span>
        )}
      </span>
      <span className={styles.buttons}>
        <Button size="s" aria-label={`${text.grant}: ${email}`} onClick={() => ask('grant')}>
          {text.grant}
        </Button>
        {status === 'suspended' ? (
          <Button size="s" aria-label={`${text.restore}: ${email}`} onClick={() => ask('restore')}>
            {text.restore}
          </Button>
        ) : (
          <Button
            size="s"
            look="ghost"
            aria-label={`${text.suspend}: ${email}`}
            onClick={() => ask('suspend')}
          >
            {text.suspend}
          </Button>
        )}
      </span>
      {asking === 'grant' && (
        <Asking
          title={text.grantTitle}
          about={text.grantAbout(email)}
          act={text.grant}
          done={text.granted}
          onClose={close}
          send={(form) => acts.grant(id, Number(textOf(form, 'amount')), textOf(form, 'note'))}
        >
          <Field
            label={text.amount}
            name="amount"
            type="number"
            required
            min={-1_000_000}
            max={1_000_000}
            step={1}
            hint={text.amountHint}
          />
          <Field label={text.note} name="note" maxLength={500} />
        </Asking>
      )}
      {asking === 'suspend' && (
        <Asking
          title={text.suspendTitle}
          about={text.suspendAbout(email)}
          act={text.suspend}
          done={text.suspended}
          danger
          onClose={close}
          send={() => acts.suspend(id)}
        />
      )}
      {asking === 'restore' && (
        <Asking
          title={text.restoreTitle}
          about={text.restoreAbout(email)}
          act={text.restore}
          done={text.restored}
          onClose={close}
          send={() => acts.restore(id)}
        />
      )}
    </li>
  );
}
