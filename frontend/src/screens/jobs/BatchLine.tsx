/** One batch of the list, and what can be done with it. */

import { Download, Layers, RotateCw, Trash2, X } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { useMutation } from '../../api/mutations';
import { tabPath } from '../../app/routes';
import { useFormat, useText } from '../../i18n/language';
import { IconButton } from '../../ui/Button';
import { Confirm } from '../../ui/Confirm';
import { archiveAddress, type Batch, cancelBatch, deleteBatch, retryBatch } from '../batch/calls';
import { isOver, leftOut } from '../batch/standing';
import { forget } from '../batch/upload/remembered';
import { endUpload } from '../batch/upload/uploads';
import { useRetried } from '../batch/useRetried';
import { useAfter } from './after';
import { Badge } from './Badge';
import styles from './Jobs.module.css';

export function BatchLine({ batch }: { batch: Batch }) {
  const { jobs: text, start } = useText();
  const format = useFormat();
  const all = batch.totalImages - leftOut(batch);
  const name = batch.name || text.unnamed(format.number(all));
  const done = batch.processedImages;
  const whole = batch.status === 'partial' && done >= all;
  const facts = [
    start.tiers[batch.tier].name,
    format.dateTime(batch.createdAt),
    batch.started &&
      (!isOver(batch.status) || done === all) &&
      text.credits(format.number(batch.pricing.finalCredits)),
    text.batchLine(format.number(done), format.number(all)),
    batch.failedImages > 0 && text.batchBad(format.number(batch.failedImages)),
  ].filter(Boolean);
  const status =
    batch.status === 'pending' && !batch.started ? 'uploading' : whole ? 'completed' : batch.status;
  return (
    <li className={styles.item}>
      <div className={`${styles.picture} ${styles.pile}`}>
        <Layers aria-hidden="true" />
      </div>
      <div className={styles.text}>
        <Link href={`${tabPath('batch')}/${batch.id}`} className={styles.name}>
          {name}
        </Link>
        <p className={styles.facts}>
          <Badge status={status} /> {facts.join(' · ')}
        </p>
        {!isOver(batch.status) && batch.started && (
          <progress className={styles.bar} value={batch.percentage} max={100} aria-label={name} />
        )}
      </div>
      <Acts batch={batch} name={name} />
    </li>
  );
}

function Acts({ batch, name }: { batch: Batch; name: string }) {
  const text = useText().jobs;
  const format = useFormat();
  const [asked, ask] = useState(false);
  const { retry, cancel, remove } = useActs(batch.id);
  const over = isOver(batch.status);
  const kept = over && batch.status !== 'expired';
  // What somebody has cancelled is tried again only where nothing else is left to try.
  const cancelled = batch.failedImages === 0 && batch.started && batch.cancelledImages > leftOut(batch);
  return (
    <div className={styles.acts}>
      {kept && batch.processedImages > 0 && (
        <a
          href={archiveAddress(batch.id)}
          download
          className={styles.act}
          aria-label={text.archive(name)}
          title={text.archive(name)}
        >
          <Download size={18} />
        </a>
      )}
      {kept && (batch.failedImages > 0 || cancelled) && (
        <IconButton
          label={cancelled ? text.retryCancelled(name) : text.retryBatch(name)}
          icon={<RotateCw />}
          busy={retry.isPending}
          onClick={() => retry.mutate(cancelled)}
        />
      )}
      {over ? (
        <IconButton label={text.remove(name)} icon={<Trash2 />} onClick={() => ask(true)} />
      ) : (
        <IconButton
          label={text.cancel(name)}
          icon={<X />}
          busy={cancel.isPending}
          onClick={() => cancel.mutate()}
        />
      )}
      <Confirm
        open={asked}
        onClose={() => ask(false)}
        title={text.removeBatchTitle}
        about={text.removeBatchAbout(name, format.number(batch.totalImages))}
        act={text.delete}
        busy={remove.isPending}
        onAct={() => remove.mutate(undefined, { onSettled: () => ask(false) })}
      />
    </div>
  );
}

function useActs(id: string) {
  const text = useText().jobs;
  const after = useAfter('batches', 'jobs');
  const cancel = useMutation({
    mutationFn: async () => {
      endUpload(id);
      await cancelBatch(id);
      await forget(id);
    },
    ...after(text.cancelled),
  });
  const retry = useMutation({
    mutationFn: (cancelled: boolean) => retryBatch(id, cancelled),
    ...after(useRetried()),
  });
  const remove = useMutation({ mutationFn: () => deleteBatch(id), ...after(text.deleted) });
  return { retry, cancel, remove };
}
