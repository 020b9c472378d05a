/** The apps, and the last pictures. */
import { useQuery } from '@tanstack/react-query';
import { ArrowRight, ImagePlus } from 'lucide-react';
import { Link } from 'wouter';
import { answer, api } from '../../api/client';
import { tabPath } from '../../app/routes';
import { useStart } from '../../app/session';
import { useTitle } from '../../app/title';
import { useFigures } from '../../app/useFigures';
import { useText } from '../../i18n/language';
import { useLive } from '../../live/useLive';
import { LinkButton } from '../../ui/Button';
import { Skeleton } from '../../ui/Card';
import { Photo } from '../../ui/Photo';
import styles from './Dashboard.module.css';

export function Dashboard() {
  const { start: text, shell } = useText();
  const { user } = useStart();
  useTitle('Lumiku');
  useLive();
  const app = shell.apps['background-remover'];
  return (
    <div className={styles.page}>
      <h1>{user?.name ? text.apps.hello(user.name) : text.apps.title}</h1>
      <section className={styles.app} aria-labelledby="app-remover">
        <div>
          <h2 id="app-remover">{app.name}</h2>
          <p>{app.about}</p>
        </div>
        <LinkButton href={tabPath('single')} look="primary" size="l" icon={<ImagePlus />}>
          {text.apps.begin}
        </LinkButton>
      </section>
      <Numbers />
      <Recent />
    </div>
  );
}

function Numbers() {
  const text = useText().start.apps;
  const figures = useFigures();
  return (
    <dl className={styles.numbers} aria-label={text.numbers}>
      {!figures && <Skeleton height="4.5rem" />}
      {figures?.map(({ name, value }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Recent() {
  const { start: text, shell } = useText();
  const { data } = useQuery({
    queryKey: ['jobs', 'recent'],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/background-remover/jobs', {
          signal,
          params: { query: { limit: 12, status: 'completed' } },
        }),
      ),
  });
  return (
    <section className={styles.recent}>
      <div className={styles.head}>
        <h2>{text.apps.recent}</h2>
        <Link href={tabPath('jobs')}>
          {shell.tabs.jobs} <ArrowRight size={16} aria-hidden="true" />
        </Link>
      </div>
      {data?.jobs.length === 0 && <p className={styles.none}>{text.apps.none}</p>}
      <ul className={styles.grid}>
        {!data && Array.from({ length: 6 }, (_, index) => <Skeleton key={String(index)} height="9rem" />)}
        {data?.jobs.map((job) => (
          <li key={job.id}>
            <Link href={`${tabPath('single')}/${job.id}`} className={`checkerboard ${styles.picture}`}>
              {job.thumbnailUrl && <Photo src={job.thumbnailUrl} alt={job.originalName} loading="lazy" />}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
