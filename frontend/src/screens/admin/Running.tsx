/** What the queues hold and which workers live, as it is now. */
import { useSuspenseQuery } from '@tanstack/react-query';
import { useFormat, useText } from '../../i18n/language';
import { Notice } from '../../ui/Notice';
import styles from './Admin.module.css';
import { runningQuery } from './calls';
import { Table } from './Table';

export function Running() {
  const text = useText().admin.running;
  const format = useFormat();
  const { data } = useSuspenseQuery(runningQuery);
  const served = new Set(data.workers.flatMap((worker) => worker.queues));
  const unserved = data.queues.filter(({ queue }) => !served.has(queue));
  const named = (queue: string) => text.names[queue] ?? queue;
  return (
    <>
      {unserved.length > 0 && (
        <Notice kind="warn">{text.unserved(unserved.map(({ queue }) => named(queue)).join(', '))}</Notice>
      )}
      <h2>{text.queues}</h2>
      <Table label={text.queues} head={[text.queue, text.running, text.waiting, text.later]}>
        {data.queues.map(({ queue, running, waiting, later }) => (
          <tr key={queue}>
            <th scope="row">{named(queue)}</th>
            <td>{format.number(running)}</td>
            <td>{format.number(waiting)}</td>
            <td>{format.number(later)}</td>
          </tr>
        ))}
      </Table>
      <h2>{text.workers(format.number(data.workers.length))}</h2>
      {data.workers.length === 0 && <p className={styles.none}>{text.noWorkers}</p>}
      <ul className={styles.list}>
        {data.workers.map(({ host, pid, version, queues }) => (
          <li key={`${host} ${pid}`} className={styles.worker}>
            <span className={styles.what}>
              <strong>{host}</strong>
              <small>{text.process(String(pid), version)}</small>
            </span>
            <span className={styles.tags}>
              {queues.map((queue) => (
                <span key={queue} className={styles.tag}>
                  {named(queue)}
                </span>
              ))}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
