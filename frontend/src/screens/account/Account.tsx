/** The account screen: one part of it at a time. */
import type { ComponentType } from 'react';
import { Link, useParams } from 'wouter';
import { useStart } from '../../app/session';
import { useTitle } from '../../app/title';
import { useText } from '../../i18n/language';
import { Notice } from '../../ui/Notice';
import styles from './Account.module.css';
import { Data } from './Data';
import { Keys } from './Keys';
import { Profile } from './Profile';
import { Security } from './Security';
import { Webhooks } from './Webhooks';

const SECTIONS = {
  profile: Profile,
  security: Security,
  keys: Keys,
  webhooks: Webhooks,
  data: Data,
} as const;
type Section = keyof typeof SECTIONS;
const NAMES = Object.keys(SECTIONS) as Section[];

export default function Account() {
  const text = useText().account;
  const given = useParams().section;
  const { user } = useStart();
  const section = NAMES.find((name) => name === given) ?? 'profile';
  const Part: ComponentType = SECTIONS[section];
  useTitle(`${text.sections[section]} · ${text.title}`);
  return (
    <div className={styles.page}>
      <h1>{text.title}</h1>
      {user ? (
        <>
          <nav className={styles.nav} aria-label={text.nav}>
            {NAMES.map((name) => (
              <Link key={name} href={`/account/${name}`} aria-current={name === section ? 'page' : undefined}>
                {text.sections[name]}
              </Link>
            ))}
          </nav>
          <div className={styles.part}>
            <Part />
          </div>
        </>
      ) : (
        <Notice>{text.open}</Notice>
      )}
    </div>
  );
}
