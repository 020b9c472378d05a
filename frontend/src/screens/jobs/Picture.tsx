/** One picture of the list, and what can be done with it. */

import { Download, Image, Layers, RotateCw, SquarePen, Trash2, X } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { answer, api, once, type Schemas } from '../../api/client';
import { savedAs } from '../../api/links';
import { useMutation } from '../../api/mutations';
import { tabPath } from '../../app/routes';
import { useFormat, useText } from '../../i18n/language';
import { IconButton } from '../../ui/Button';
import { Confirm } from '../../ui/Confirm';
import { Photo } from '../../ui/Photo';
import { useAfter } from './after';
import { Badge } from './Badge';
import styles from './Jobs.module.css';

type Job = Schemas['JobBody'];

export function Picture({ job }: { job: Job }) {
  const text = useText().jobs;
  const editor = `${tabPath('single')}/${job.id}`;
  return (
    <li className={styles.item}>
      <Link href={editor} className={`checkerboard ${styles.picture}`} tabIndex={-1} aria-hidden="true">
        {job.thumbnailUrl ? (
          <Photo src={job.thumbnailUrl} alt="" loading="lazy" decoding="async" />
        ) : (
          <Image aria-hidden="true" />
        )}
      </Link>
      <div className={styles.text}>
        <Link href={editor} className={styles.name}>
          {job.originalName}
        </Link>
        <Facts job={job} />
        {job.batchId && (
          <Link href={`${tabPath('batch')}/${job.batchId}`} className={styles.part}>
            <Layers size={14} aria-hidden="true" /> {text.ofBatch}
          </Link>
        )}
      </div>
      <Acts job={job} editor={editor} />
    </li>
  );
}

function Facts({ job }: { job: Job }) {
  const { jobs: text, start, errors } = useText();
  const format = useFormat();
  const facts = [
    start.tiers[job.tier].name,
    format.dateTime(job.createdAt),
    job.creditsUsed > 0 && text.credits(format.number(job.creditsUsed)),
    job.creditsHeld > 0 && text.held(format.number(job.creditsHeld)),
    job.status === 'completed' && job.filesExpireAt && text.keptUntil(format.date(job.filesExpireAt)),
    job.sharedUntil && text.sharedUntil(format.dateTime(job.sharedUntil)),
  ].filter(Boolean);
  return (
    <>
      <p className={styles.facts}>
        <Badge status={job.status} /> {facts.join(' · ')}
      </p>
      {job.error && <p className={styles.bad}>{errors.byCode[job.error.code] ?? job.error.message}</p>}
      {job.status === 'expired' && <p className={styles.soft}>{text.expired}</p>}
      {job.status === 'failed' && !job.originalUrl && <p className={styles.soft}>{text.originalGone}</p>}
    </>
  );
}

function Acts({ job, editor }: { job: Job; editor: string }) {
  const text = useText().jobs;
  const [asked, ask] = useState(false);
  const { retry, cancel, remove } = useActs(job.id);
  const name = job.originalName;
  const active = job.status === 'pending' || job.status === 'processing';
  return (
    <div className={styles.acts}>
      {job.processedUrl && (
        <>
          <Link href={editor} className={styles.act} aria-label={text.edit(name)} title={text.edit(name)}>
            <SquarePen size={18} />
          </Link>
          <a
            href={savedAs(job.processedUrl)}
            download
            className={styles.act}
            aria-label={text.download(name)}
            title={text.download(name)}
          >
            <Download size={18} />
          </a>
        </>
      )}
      {(job.status === 'failed' || job.status === 'cancelled') && job.originalUrl && (
        <IconButton
          label={text.retry(name)}
          icon={<RotateCw />}
          busy={retry.isPending}
          onClick={() => retry.mutate()}
        />
      )}
      {active ? (
        <IconButton
          label={text.cancel(name)}
          icon={<X />}
          busy={cancel.isPending}
          onClick={() => cancel.mutate()}
        />
      ) : (
        <IconButton label={text.remove(name)} icon={<Trash2 />} onClick={() => ask(true)} />
      )}
      <Confirm
        open={asked}
        onClose={() => ask(false)}
        title={text.removeTitle}
        about={text.removeAbout(name)}
        act={text.delete}
        busy={remove.isPending}
        onAct={() => remove.mutate(undefined, { onSettled: () => ask(false) })}
      />
    </div>
  );
}

function useActs(id: string) {
  const text = useText().jobs;
  const path = { job_id: id };
  const after = useAfter('jobs');
  const retry = useMutation({
    mutationFn: () =>
      once(`retry ${id}`, (key) => {
        const params = { path, header: { 'Idempotency-Key': key } };
        return answer(api.POST('/api/background-remover/jobs/{job_id}/retry', { params }));
      }),
    ...after(text.retried),
  });
  const cancel = useMutation({
    mutationFn: () => answer(api.POST('/api/background-remover/jobs/{job_id}/cancel', { params: { path } })),
    ...after(text.cancelled),
  });
  const remove = useMutation({
    mutationFn: () => answer(api.DELETE('/api/background-remover/jobs/{job_id}', { params: { path } })),
    ...after(text.deleted),
  });
  return { retry, cancel, remove };
}
