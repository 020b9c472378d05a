/** People with accounts: found, given credits, shut out and let in again. */
import { useSuspenseQuery } from '@tanstack/react-query';
import { Search } from 'lucide-react';
import { useDeferredValue, useEffect, useState } from 'react';
import { Link, useLocation, useSearch } from 'wouter';
import { LIMITS } from '../../api/limits';
import { useFormat, useText } from '../../i18n/language';
import { Button } from '../../ui/Button';
import { Field } from '../../ui/Field';
import { Pages } from '../../ui/Pages';
import styles from './Admin.module.css';
import { GiveAddress, GiveCredits, RestoreAccount, SuspendAccount } from './accountActs';
import { type Person, peopleQuery } from './calls';
import { peopleSearchOf, soughtOf } from './shown';

const TYPING_MS = 250;

export function People() {
  const text = useText().admin.people;
  const { typed, type, words, page, turn } = useSought();
  // What was found stays while more is read.
  const { data } = useSuspenseQuery(peopleQuery(useDeferredValue(words).trim(), useDeferredValue(page)));
  const format = useFormat();
  return (
    <>
      <search className={styles.search}>
        <Field
          label={text.search}
          type="search"
          value={typed}
          maxLength={LIMITS.search}
          onChange={(event) => type(event.target.value)}
        >
          <Search size={18} aria-hidden="true" className={styles.glass} />
        </Field>
        <p role="status">{text.found(format.number(data.pagination.total))}</p>
      </search>
      {data.users.length === 0 && <p className={styles.none}>{text.none}</p>}
      <ul className={styles.list}>
        {data.users.map((person) => (
          <Line key={person.id} person={person} />
        ))}
      </ul>
      <Pages pagination={data.pagination} onPage={turn} />
    </>
  );
}

/** In the address, so that Back from a person leads to the same list; once nothing is typed for a moment. */
function useSought() {
  const { words, page } = soughtOf(useSearch());
  const [, go] = useLocation();
  const [typed, type] = useState(words);
  useEffect(() => type(words), [words]); // by Back, or the link to this section
  useEffect(() => {
    if (typed === words) return;
    const typing = setTimeout(
      () => go(`/admin/people${peopleSearchOf({ words: typed, page: 1 })}`, { replace: true }),
      TYPING_MS,
    );
    return () => clearTimeout(typing);
  }, [typed, words, go]);
  const turn = (to: number) => go(`/admin/people${peopleSearchOf({ words, page: to })}`);
  return { typed, type, words, page, turn };
}

/** What somebody is called, and what stands below it. */
export function useNames(): (person: Person) => [string, string] {
  const text = useText().admin.people;
  return ({ name, email, hasAddress }) =>
    hasAddress ? [name || email, email] : [name || text.unnamed, text.noAddress];
}

export function PersonTags({ person }: { person: Person }) {
  const text = useText().admin.people;
  return (
    <span className={styles.tags}>
      {person.role === 'admin' && <span className={styles.tag}>{text.admin}</span>}
      {person.status !== 'active' && (
        <span className={styles.tag} data-kind="bad">
          {text.statuses[person.status]}
        </span>
      )}
    </span>
  );
}

function Line({ person }: { person: Person }) {
  const text = useText().admin.people;
  const format = useFormat();
  const [asking, ask] = useState<'credits' | 'suspend' | 'restore' | 'address' | null>(null);
  const [name, below] = useNames()(person);
  const called = person.hasAddress ? person.email : name;
  const close = () => ask(null);
  const button = (act: NonNullable<typeof asking>, label: string, quiet = false) => (
    <Button
      size="s"
      look={quiet ? 'ghost' : 'secondary'}
      aria-label={`${label}: ${called}`}
      onClick={() => ask(act)}
    >
      {label}
    </Button>
  );
  return (
    <li className={styles.row}>
      <span className={styles.what}>
        <Link href={`/admin/people/${person.id}`}>{name}</Link>
        <small>
          {below} · {text.since(format.date(person.createdAt))}
        </small>
      </span>
      <PersonTags person={person} />
      <span className={styles.buttons}>
        {person.hasAddress ? button('credits', text.grant) : button('address', text.giveAddress)}
        {person.status === 'suspended'
          ? button('restore', text.restore)
          : button('suspend', text.suspend, true)}
      </span>
      {asking === 'credits' && <GiveCredits person={person} onClose={close} />}
      {asking === 'address' && <GiveAddress person={person} onClose={close} />}
      {asking === 'suspend' && <SuspendAccount person={person} onClose={close} />}
      {asking === 'restore' && <RestoreAccount person={person} onClose={close} />}
    </li>
  );
}
