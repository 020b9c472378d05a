/** For administrators: one part at a time. */
import type { ComponentType } from 'react';
import { Link, useParams } from 'wouter';
import { useTitle } from '../../app/title';
import { useText } from '../../i18n/language';
import styles from './Admin.module.css';
import { Numbers } from './Numbers';
import { Payments } from './Payments';
import { People } from './People';
import { Running } from './Running';

const SECTIONS = { people: People, payments: Payments, numbers: Numbers, running: Running } as const;
type Section = keyof typeof SECTIONS;
const NAMES = Object.keys(SECTIONS) as Section[];

export default function Admin() {
  const { admin: text, shell } = useText();
  const given = useParams().section;
  const section = NAMES.find((name) => name === given) ?? 'people';
  const Part: ComponentType = SECTIONS[section];
  useTitle(`${text.sections[section]} · ${shell.admin}`);
  return (
    <div className={styles.page}>
      <h1>{shell.admin}</h1>
      <nav className={styles.nav} aria-label={shell.admin}>
        {NAMES.map((name) => (
          <Link key={name} href={`/admin/${name}`} aria-current={name === section ? 'page' : undefined}>
            {text.sections[name]}
          </Link>
        ))}
      </nav>
      <section className={styles.part} aria-label={text.sections[section]}>
        <Part />
      </section>
    </div>
  );
}
