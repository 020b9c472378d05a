/** For administrators: one part at a time. */
import { useQuery } from '@tanstack/react-query';
import { type ComponentType, useEffect, useRef } from 'react';
import { Link, useParams } from 'wouter';
import { Apart } from '../../app/Apart';
import { useStart } from '../../app/session';
import { useTitle } from '../../app/title';
import { useFormat, useText } from '../../i18n/language';
import styles from './Admin.module.css';
import { Attention } from './Attention';
import { attentionQuery } from './calls';
import { toAct } from './matters';
import { Numbers } from './Numbers';
import { Payments } from './Payments';
import { People } from './People';
import { Person } from './Person';
import { Running } from './Running';

const SECTIONS = {
  attention: Attention,
  people: People,
  payments: Payments,
  numbers: Numbers,
  running: Running,
} as const;
type Section = keyof typeof SECTIONS;
const NAMES = Object.keys(SECTIONS) as Section[];
/** Those that are not about accounts, payments or credits. */
const WITHOUT_ACCOUNTS: readonly Section[] = ['attention', 'running'];

export default function Admin() {
  const { admin: text, shell } = useText();
  const { section: given, id } = useParams();
  const names = useStart().open ? WITHOUT_ACCOUNTS : NAMES;
  const section = names.find((name) => name === given) ?? 'attention';
  const Part: ComponentType = SECTIONS[section];
  useTitle(`${text.sections[section]} · ${shell.admin}`);
  const nav = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another section is another current link
  useEffect(() => {
    const row = nav.current;
    const link = row?.querySelector<HTMLElement>('[aria-current]');
    if (row && link) row.scrollLeft = link.offsetLeft - (row.clientWidth - link.clientWidth) / 2;
  }, [section]);
  return (
    <div className={styles.page}>
      <h1>{shell.admin}</h1>
      <nav ref={nav} className={styles.nav} aria-label={shell.admin}>
        {names.map((name) => (
          <Link key={name} href={`/admin/${name}`} aria-current={name === section ? 'page' : undefined}>
            {text.sections[name]}
            {name === 'attention' && <Waiting />}
          </Link>
        ))}
      </nav>
      <section className={styles.part} aria-label={text.sections[section]}>
        <Apart key={id ?? section}>{section === 'people' && id ? <Person id={id} /> : <Part />}</Apart>
      </section>
    </div>
  );
}

/** How many things wait for somebody. */
function Waiting() {
  const text = useText().admin.attention;
  const { number } = useFormat();
  const { data = [] } = useQuery(attentionQuery);
  const count = toAct(data).length;
  if (count === 0) return null;
  return (
    <span className={styles.count}>
      <span aria-hidden="true">{number(count)}</span>
      <span className="visually-hidden">{text.count(number(count))}</span>
    </span>
  );
}
