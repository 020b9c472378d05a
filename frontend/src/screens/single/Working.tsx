/** While the model looks: the picture itself, with a light passing over it. */
import { useState } from 'react';
import { useText } from '../../i18n/language';
import type { Job } from './edits';
import { useObjectUrl } from './useComposed';
import styles from './Working.module.css';

export function Working({ file, job }: { file: File | null; job: Job | null }) {
  const text = useText().single;
  const own = useObjectUrl(file);
  const [broken, setBroken] = useState('');
  const url = file ? own : job?.originalUrl;
  return (
    <div className={styles.working}>
      <div className={styles.frame}>
        {url && broken !== url && <img src={url} alt="" onError={() => setBroken(url)} />}
        <div className={styles.light} />
      </div>
      <p role="status">{job?.status === 'pending' ? text.waiting : text.working}…</p>
    </div>
  );
}
