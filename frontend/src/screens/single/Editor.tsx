/** The cut-out, what can be changed about it, and how it is taken away. */
import { useState } from 'react';
import { queries } from '../../api/queries';
import { Extra } from '../../app/Extra';
import { lazily } from '../../app/lazily';
import type { Tier } from '../../app/tier';
import { useFormat, useText } from '../../i18n/language';
import { useErrorText } from '../../ui/errorText';
import { ErrorNotice } from '../../ui/Notice';
import { toast } from '../../ui/toasts';
import { Actions } from './Actions';
import styles from './Editor.module.css';
import { type Edits, isUntouched, type Job, UNTOUCHED } from './edits';
import { Higher } from './Higher';
import { Panel } from './Panel';
import { Stage } from './Stage';
import { useComposed } from './useComposed';

const Brush = lazily(async () => ({ default: (await import('./brush/Brush')).Brush }));

interface Props {
  job: Job;
  /** As it was handed in, where it was on this page. */
  file: File | null;
  onAnother: () => void;
  /** The same picture by another tier. */
  onTier: (tier: Tier) => void;
}

export function Editor({ job, file, onAnother, onTier }: Props) {
  const text = useText().single;
  const { start } = useText();
  const format = useFormat();
  const describe = useErrorText();
  const [edits, setEdits] = useState<Edits>(UNTOUCHED);
  const composed = useComposed(job.id, edits, job.metadata.sha256 ?? '');
  const [brushing, setBrushing] = useState(false);
  const brushed = (changed: Job | null) => {
    if (changed) queries.setQueryData(['job', job.id], changed);
    setBrushing(false);
  };
  // What is edited already stays.
  const noBrush = (error: unknown) => {
    toast.bad(describe(error));
    setBrushing(false);
  };
  const seconds = (job.processingTimeMs ?? 0) / 1000;
  if (brushing) {
    return (
      <Extra onFail={noBrush}>
        <Brush job={job} file={file} onDone={brushed} />
      </Extra>
    );
  }
  return (
    <div className={styles.editor}>
      <h1 className="visually-hidden">{text.cutout(job.originalName)}</h1>
      <div className={styles.left}>
        <Stage job={job} file={file} edits={edits} composed={composed} />
        <ErrorNotice error={composed.error} />
        <p className={styles.facts} role="status">
          <span>{job.originalName}</span>
          <span>{start.tiers[job.tier].name}</span>
          <span>{text.done(`${format.number(Math.round(seconds * 10) / 10)} s`)}</span>
          {job.creditsUsed > 0 && <span>{text.paid(format.number(job.creditsUsed))}</span>}
        </p>
      </div>
      <aside className={styles.side}>
        <Actions job={job} edits={edits} onBrush={() => setBrushing(true)} onAnother={onAnother} />
        <Higher tier={job.tier} onTier={onTier} />
        <Panel
          edits={edits}
          onChange={(changed) => setEdits((before) => ({ ...before, ...changed }))}
          onReset={isUntouched(edits) ? undefined : () => setEdits(UNTOUCHED)}
        />
      </aside>
    </div>
  );
}
