/** What has to be looked at now, and what to do about it. */
import { useSuspenseQuery } from '@tanstack/react-query';
import { CircleCheck, Info, TriangleAlert } from 'lucide-react';
import { Link } from 'wouter';
import { useFormat, useText } from '../../i18n/language';
import { LinkButton } from '../../ui/Button';
import { Empty } from '../../ui/Card';
import styles from './Admin.module.css';
import own from './Attention.module.css';
import { attentionQuery, type Matter } from './calls';
import { factsOf, isLatest, placeOf, toAct, toKnow } from './matters';

export function Attention() {
  const text = useText().admin.attention;
  const { data } = useSuspenseQuery(attentionQuery);
  const [act, know] = [toAct(data), toKnow(data)];
  return (
    <>
      {act.length === 0 ? (
        <Empty icon={<CircleCheck aria-hidden="true" />} title={text.none}>
          <p>{text.noneAbout}</p>
        </Empty>
      ) : (
        <ul className={styles.list}>
          {act.map((each) => (
            <One key={`${each.kind} ${each.about}`} matter={each} />
          ))}
        </ul>
      )}
      {know.length > 0 && (
        <>
          <h2>{text.toKnow}</h2>
          <ul className={styles.list}>
            {know.map((each) => (
              <One key={each.kind} matter={each} quiet />
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function One({ matter, quiet = false }: { matter: Matter; quiet?: boolean }) {
  const { attention: text, running } = useText().admin;
  const format = useFormat();
  const { kind, count, since, about, check, owners } = matter;
  const facts = check && factsOf(check.facts, format.number, (name) => running.names[name] ?? name);
  const found = check?.reason && facts ? text.found[check.reason](facts) : about;
  const title = check ? (text.checks[check.name] ?? check.name) : text.titles[kind](format.number(count));
  const place = placeOf(kind);
  const when = since && (isLatest(kind) ? text.latest : text.since)(format.dateTime(since));
  const Icon = quiet ? Info : TriangleAlert;
  return (
    <li className={own.matter} data-quiet={quiet || undefined}>
      <Icon aria-hidden="true" />
      <div className={styles.what}>
        <strong>{title}</strong>
        {/* What a check found says more than that one failed. */}
        <span>{check ? found : text.todo[kind]}</span>
        {(check || found || when) && (
          <small>{[check ? text.todo[kind] : found, when].filter(Boolean).join(' · ')}</small>
        )}
        {owners.length > 0 && (
          <span className={own.owners}>
            {owners.map(({ id, email }) => (
              <Link key={id} href={`/admin/people/${id}`}>
                {email || text.gone}
              </Link>
            ))}
          </span>
        )}
      </div>
      {place && (
        <LinkButton size="s" href={place}>
          {text.look}
        </LinkButton>
      )}
    </li>
  );
}
