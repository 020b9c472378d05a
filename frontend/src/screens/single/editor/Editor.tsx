/** The cut-out, what can be changed about it, and how it is taken away. */
import { useCallback } from 'react';
import { queries } from '../../../api/queries';
import { Extra } from '../../../app/Extra';
import { lazily } from '../../../app/lazily';
import type { Tier } from '../../../app/tier';
import { useFormat, useText } from '../../../i18n/language';
import { useErrorText } from '../../../ui/errorText';
import { ErrorNotice } from '../../../ui/Notice';
import { toast } from '../../../ui/toasts';
import { Actions } from './Actions';
import { EMPTY, type History } from './brush/strokes';
import styles from './Editor.module.css';
import { isUntouched, type Job, UNTOUCHED } from './edits';
import { Higher } from './Higher';
import type { Work } from './kept';
import { Panel } from './Panel';
import { Stage } from './Stage';
import { useComposed } from './useComposed';
import { useLeftWork, useWork, versionOf } from './useWork';

const Brush = lazily(async () => ({ default: (await import('./brush/Brush')).Brush }));

interface Props {
  job: Job;
  /** As it was handed in, where it was on this page. */
  file: File | null;
  onAnother: () => void;
  /** The same picture by another tier. */
  onTier: (tier: Tier) => void;
}

export function Editor(props: Props) {
  const left = useLeftWork(props.job);
  return left && <Opened {...props} left={left} />;
}

function Opened({ job, file, onAnother, onTier, left }: Props & { left: Work }) {
  const text = useText().single;
  const { start } = useText();
  const format = useFormat();
  const describe = useErrorText();
  const [{ edits, strokes, brushing }, setWork] = useWork(job, left);
  const change = useCallback(
    (changed: Partial<Work>) => setWork((before) => ({ ...before, ...changed })),
    [setWork],
  );
  const draw = useCallback((drawn: History) => change({ strokes: drawn }), [change]);
  const composed = useComposed(job.id, edits, versionOf(job));
  const brushed = (changed: Job | null) => {
    if (changed) queries.setQueryData(['job', job.id], changed);
    change({ brushing: false, strokes: EMPTY });
  };
  // What is edited already stays.
  const noBrush = (error: unknown) => {
    if (error !== null) toast.bad(describe(error));
    change({ brushing: false });
  };
  const seconds = (job.processingTimeMs ?? 0) / 1000;
  if (brushing) {
    return (
      <Extra onFail={noBrush}>
        <Brush job={job} file={file} begun={strokes} onDraw={draw} onDone={brushed} />
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
        <Actions job={job} edits={edits} onBrush={() => change({ brushing: true })} onAnother={onAnother} />
        <Higher tier={job.tier} onTier={onTier} />
        <Panel
          edits={edits}
          onChange={(changed) => setWork((before) => ({ ...before, edits: { ...before.edits, ...changed } }))}
          onReset={isUntouched(edits) ? undefined : () => change({ edits: UNTOUCHED })}
        />
      </aside>
    </div>
  );
}
