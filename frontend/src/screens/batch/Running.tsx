/** A batch on its way: files being sent, then backgrounds being removed, then the results. */

import { Download, RotateCw, SquarePen } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { answer, api, once } from '../../api/client';
import { isGone } from '../../api/errors';
import { savedAs } from '../../api/links';
import { useMutation } from '../../api/mutations';
import { creditsChanged, queries } from '../../api/queries';
import { tabPath } from '../../app/routes';
import { Loading } from '../../app/Shell';
import { useUser } from '../../app/session';
import { useTitle } from '../../app/title';
import { useFormat, useText } from '../../i18n/language';
import { IconButton, LinkButton } from '../../ui/Button';
import { Gone } from '../../ui/Gone';
import { ErrorNotice } from '../../ui/Notice';
import { Segments } from '../../ui/Segments';
import styles from './Batch.module.css';
import type { BatchState } from './calls';
import { Head } from './Head';
import { Rows } from './list/Rows';
import rowStyles from './list/Rows.module.css';
import { BAD, type RowView, rowsOfItems, rowsOfUpload } from './list/rowView';
import { useItems } from './list/useItems';
import { Questions } from './Questions';
import { forgetOwn, OPEN } from './upload/remembered';
import type { Sending, Upload } from './upload/Upload';
import { endUpload, uploadOf } from './upload/uploads';
import { useUpload } from './upload/useUpload';

export function Running({ id }: { id: string }) {
  const text = useText().batch;
  const { data: state, error } = useItems(id);
  const upload = useUpload(state);
  useTitle(state?.batch.name || text.title);
  const gone = isGone(error);
  const owner = useUser()?.id ?? OPEN;
  // It was started, cancelled or deleted, here or elsewhere: no file is wanted any more.
  const over = gone || (state !== undefined && upload === null);
  useEffect(() => {
    if (gone) endUpload(id);
    if (over) void forgetOwn(id, owner);
  }, [gone, over, id, owner]);
  if (gone)
    return (
      <Gone text={text.gone}>
        <LinkButton look="primary" href={tabPath('batch')}>
          {text.another}
        </LinkButton>
        <LinkButton href={`${tabPath('jobs')}?show=batches`}>{text.toJobs}</LinkButton>
      </Gone>
    );
  if (!state || upload === undefined) return error ? <ErrorNotice error={error} /> : <Loading />;
  return (
    <div className={styles.page}>
      <Head batch={state.batch} upload={upload} />
      {upload && <Questions upload={upload} />}
      <List state={state} upload={upload} />
    </div>
  );
}

function List({ state, upload }: { state: BatchState; upload: Upload | null }) {
  const text = useText().batch;
  const format = useFormat();
  const [shown, show] = useState<'all' | 'bad'>('all');
  const retrying = useRetry(state.batch.id);
  const rows = upload ? rowsOfUpload(upload) : rowsOfItems(state.items, sentBy(state.batch.id));
  const bad = rows.filter((row) => BAD.has(row.state));
  const visible = shown === 'all' ? rows : bad;
  const again = (row: RowView) => {
    if (upload) upload.again(row.position);
    else if (row.jobId) retrying.mutate(row.jobId);
  };
  return (
    <section className={styles.files}>
      <div className={styles.filter}>
        <Segments
          label={text.filter}
          value={shown}
          options={[
            ['all', `${text.filters.all} · ${format.number(rows.length)}`],
            ['bad', `${text.filters.bad} · ${format.number(bad.length)}`],
          ]}
          onChoose={show}
        />
      </div>
      <ErrorNotice error={retrying.error} />
      {visible.length === 0 ? (
        <p className={styles.soft}>{text.noBad}</p>
      ) : (
        <Rows label={text.list} rows={visible} actions={(row) => <Actions row={row} onAgain={again} />} />
      )}
    </section>
  );
}

/** What this page sent itself, for its small pictures, and for why some were left out. */
function sentBy(id: string): Map<number, Sending> {
  return new Map((uploadOf(id)?.items ?? []).map((item) => [item.position, item]));
}

function useRetry(id: string) {
  return useMutation(
    {
      mutationFn: (jobId: string) =>
        once(`retry ${jobId}`, (key) => {
          const params = { path: { job_id: jobId }, header: { 'Idempotency-Key': key } };
          return answer(api.POST('/api/background-remover/jobs/{job_id}/retry', { params }));
        }),
      onSuccess: () => {
        creditsChanged();
        return queries.invalidateQueries({ queryKey: ['items', id] });
      },
    },
    { per: (jobId) => jobId },
  );
}

function Actions({ row, onAgain }: { row: RowView; onAgain: (row: RowView) => void }) {
  const text = useText().batch;
  if (row.result && row.jobId) {
    return (
      <>
        <Link
          className={rowStyles.act}
          href={`${tabPath('single')}/${row.jobId}`}
          aria-label={text.open(row.name)}
          title={text.open(row.name)}
        >
          <SquarePen size={18} />
        </Link>
        <a
          className={rowStyles.act}
          href={savedAs(row.result)}
          download
          aria-label={text.save(row.name)}
          title={text.save(row.name)}
        >
          <Download size={18} />
        </a>
      </>
    );
  }
  const may = row.state === 'failed' || (row.jobId === null && row.state === 'refused' && row.file !== null);
  return may && <IconButton label={text.again(row.name)} icon={<RotateCw />} onClick={() => onAgain(row)} />;
}
