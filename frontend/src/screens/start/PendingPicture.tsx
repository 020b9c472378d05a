/** What waits until its owner is logged in. */
import { useEffect, useState } from 'react';
import { useFormat, useText } from '../../i18n/language';
import styles from './PendingPicture.module.css';
import { usePending } from './pending';

export function PendingPicture() {
  const text = useText().start.hero;
  const { number } = useFormat();
  const files = usePending();
  const [file] = files;
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!file) return;
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  if (!file) return null;
  return (
    <div className={styles.pending}>
      {url && <img src={url} alt="" />}
      <p>{files.length === 1 ? text.kept(file.name) : text.keptAll(number(files.length))}</p>
    </div>
  );
}
