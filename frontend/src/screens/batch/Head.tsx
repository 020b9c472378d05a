/** The top of a batch: what it is, how far, how fast, how long yet, and what can be done now. */

import { Download, Pause, Play, Plus, RotateCw, X } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { useMutation } from '../../api/mutations';
import { creditsChanged, queries } from '../../api/queries';
import { tabPath } from '../../app/routes';
import { useStart } from '../../app/session';
import { useFormat, useText } from '../../i18n/language';
import { Button, LinkButton } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { ErrorNotice } from '../../ui/Notice';
import { toast } from '../../ui/toasts';
import styles from './Batch.module.css';
import { archiveAddress, type Batch, type BatchState, cancelBatch, retryBatch } from './calls';
import { isOver, leftOut, type Standing, standingOf } from './standing';
import { forget } from './upload/remembered';
import type { Upload } from './upload/Upload';
import { endUpload, holdUpload } from './upload/uploads';
import { usePace } from './upload/usePace';
import { useRetried } from './useRetried';

interface Props {
  batch: Batch;
  upload: Upload | null;
}

export function Head({ batch, upload }: Props) {
  const text = useText().batch;
  const format = useFormat();
  const { open } = useStart();
  const standing = standingOf(batch, upload);
  const pace = usePace(standing.done, standing.all, standing.moving);
  const phase = usePhase(batch, upload);
  const count = format.number(upload ? upload.items.length : batch.totalImages);
  const figures = [
    pace.rate !== null && speed(standing, pace.rate),
    pace.secondsLeft !== null && standing.moving && text.left(format.duration(pace.secondsLeft)),
    !open && priced(batch) && text.charge(format.number(batch.pricing.finalCredits)),
  ].filter(Boolean);
  function speed({ stage }: Standing, rate: number): string {
    return stage === 'upload'
      ? text.speed(format.bytes(rate))
      : text.pace(format.number(Math.round(rate * 60)));
  }
  return (
    <header className={styles.head}>
      <div className={styles.line}>
        <h1>{batch.name || text.batchOf(count)}</h1>
        <span className={styles.figures}>{figures.join(' · ')}</span>
      </div>
      <progress
        className={styles.bar}
        value={standing.way}
        aria-label={text.progress}
        aria-valuetext={phase}
      />
      <p>{phase}</p>
      <Announced phase={phase} way={standing.way} />
      <Buttons batch={batch} upload={upload} over={standing.stage === 'over'} />
    </header>
  );
}

/** What was quoted is what is paid where nothing failed; else the credits that came back are in the history. */
function priced(batch: Batch): boolean {
  const all = batch.totalImages - leftOut(batch);
  return batch.started && (!isOver(batch.status) || batch.processedImages === all);
}

/** Told aloud at each tenth of the way, and when something else begins. */
function Announced({ phase, way }: { phase: string; way: number }) {
  const stage = `${phase.replace(/\d+/g, '')}${Math.floor(way * 10)}`;
  const [told, tell] = useState({ stage, phase });
  if (told.stage !== stage) tell({ stage, phase });
  return (
    <p role="status" className="visually-hidden">
      {told.phase}
    </p>
  );
}

function usePhase(batch: Batch, upload: Upload | null): string {
  const text = useText().batch.phases;
  const { number } = useFormat();
  if (upload) {
    const counted = upload.items.filter(({ state }) => state !== 'refused');
    const sent = number(counted.filter(({ state }) => state === 'sent').length);
    const all = number(counted.length);
    switch (upload.phase) {
      case 'sending':
        return text.sending(sent, all);
      case 'paused':
        return text.paused(sent, all);
      case 'elsewhere':
        return text.elsewhere(sent, all);
      case 'lost':
        return text.lost(number(counted.filter(({ state }) => state === 'lost').length));
      case 'started':
        return text.waiting;
      default:
        return text[upload.phase];
    }
  }
  const done = batch.processedImages + batch.failedImages;
  switch (batch.status) {
    case 'pending':
      return text.waiting;
    case 'processing':
      return text.processing(number(done), number(batch.totalImages - leftOut(batch)));
    case 'completed':
    case 'partial': {
      const bad = batch.totalImages - batch.processedImages; // as the list counts: with what was left out
      if (bad === 0) return text.completed(number(batch.totalImages));
      return text.partial(number(batch.processedImages), number(bad));
    }
    case 'cancelled':
      return text.cancelled(number(batch.processedImages));
    default:
      return text[batch.status];
  }
}

function Buttons({ batch, upload, over }: Props & { over: boolean }) {
  const text = useText().batch;
  const format = useFormat();
  const say = useRetried();
  const retrying = useMutation({
    mutationFn: () => retryBatch(batch.id),
    onSuccess: (retried) => {
      toast.good(say(retried));
      creditsChanged();
      return queries.invalidateQueries({ queryKey: ['items', batch.id] });
    },
  });
  return (
    <>
      <div className={styles.buttons}>
        {over && batch.processedImages > 0 && batch.status !== 'expired' && (
          <a className={styles.archive} href={archiveAddress(batch.id)} download>
            <Download size={18} aria-hidden="true" />
            {text.download}
          </a>
        )}
        {over && batch.failedImages > 0 && batch.status !== 'expired' && (
          <Button icon={<RotateCw />} busy={retrying.isPending} onClick={() => retrying.mutate()}>
            {text.retryFailed(format.number(batch.failedImages))}
          </Button>
        )}
        {upload?.phase === 'sending' && (
          <Button icon={<Pause />} onClick={upload.pause}>
            {text.pause}
          </Button>
        )}
        {upload?.phase === 'paused' && (
          <Button look="primary" icon={<Play />} onClick={upload.run}>
            {text.resume}
          </Button>
        )}
        {!over && <Cancel batch={batch} />}
        {over && (
          <>
            <LinkButton href={tabPath('batch')} icon={<Plus />}>
              {text.another}
            </LinkButton>
            <LinkButton href={`${tabPath('jobs')}?show=batches`} look="ghost">
              {text.toJobs}
            </LinkButton>
          </>
        )}
      </div>
      <ErrorNotice error={retrying.error} />
    </>
  );
}

function Cancel({ batch }: { batch: Batch }) {
  const text = useText().batch;
  const [asked, ask] = useState(false);
  const [, go] = useLocation();
  const cancelling = useMutation({
    mutationFn: () => {
      holdUpload(batch.id);
      return cancelBatch(batch.id);
    },
    onSuccess: async (told) => {
      endUpload(batch.id);
      await forget(batch.id);
      creditsChanged();
      void queries.invalidateQueries({ queryKey: ['batches'] });
      if (!batch.started) return go(tabPath('batch'));
      queries.setQueryData<BatchState>(
        ['items', batch.id],
        (state) => state && { ...state, batch: told.batch },
      );
      await queries.invalidateQueries({ queryKey: ['items', batch.id] });
    },
    onSettled: () => ask(false),
  });
  return (
    <>
      <Button look="danger" icon={<X />} onClick={() => ask(true)}>
        {text.cancel}
      </Button>
      <ErrorNotice error={cancelling.error} />
      <Dialog
        open={asked}
        onClose={() => ask(false)}
        title={text.cancelTitle}
        about={text.cancelAbout}
        actions={
          <>
            <Button onClick={() => ask(false)}>{text.keepGoing}</Button>
            <Button look="danger" busy={cancelling.isPending} onClick={() => cancelling.mutate()}>
              {text.cancel}
            </Button>
          </>
        }
      />
    </>
  );
}
