/** A removal that ended without a picture: which, why, and what to do. */
import { CircleOff } from 'lucide-react';
import { useState } from 'react';
import type { Tier } from '../../../app/tier';
import { useText } from '../../../i18n/language';
import { Button } from '../../../ui/Button';
import { Empty } from '../../../ui/Card';
import type { Job } from './edits';
import { Higher } from './Higher';
import styles from './Outcome.module.css';
import { useObjectUrl } from './useComposed';

interface Props {
  job: Job;
  /** As it was handed in, where it was on this page. */
  file: File | null;
  onAnother: () => void;
  /** The same picture by another tier. */
  onTier: (tier: Tier) => void;
}

export function Outcome({ job, file, onAnother, onTier }: Props) {
  const { single: text, errors } = useText();
  const own = useObjectUrl(file);
  const [broken, setBroken] = useState(false);
  const original = job.status === 'expired' || broken ? null : file ? own : job.originalUrl;
  const why = () => {
    if (job.status === 'cancelled') return text.cancelled;
    if (job.status === 'expired') return text.expired;
    return (job.error && errors.byCode[job.error.code]) ?? job.error?.message ?? errors.unknown;
  };
  const said = why();
  const free = job.status === 'failed' && !said.includes(text.notCharged);
  return (
    <Empty
      icon={
        original ? (
          <img className={styles.picture} src={original} alt="" onError={() => setBroken(true)} />
        ) : (
          <CircleOff />
        )
      }
      title={text.failed}
    >
      <p role="alert" className={styles.why}>
        {said} {free && text.notCharged}
      </p>
      <div className={styles.ways}>
        <Button look="primary" onClick={onAnother}>
          {text.another}
        </Button>
        {job.status === 'failed' && original && <Higher tier={job.tier} onTier={onTier} />}
      </div>
    </Empty>
  );
}
