/** Something to be copied: shown whole, with a button. */
import { Check, Copy as CopyIcon } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useText } from '../i18n/language';
import { IconButton } from './Button';
import styles from './Copy.module.css';
import { copyText } from './clipboard';

export function Copy({ label, act, value }: { label: string; act: string; value: string }) {
  const text = useText().shell;
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  // Where it cannot be copied, the text can be selected.
  const copy = async () => setCopied(await copyText(value));
  return (
    <div className={styles.copy}>
      <span className={styles.label}>{label}</span>
      <div className={styles.box}>
        <code>{value}</code>
        <IconButton
          size="s"
          label={act}
          icon={copied ? <Check /> : <CopyIcon />}
          onClick={() => void copy()}
        />
      </div>
      <span role="status" className="visually-hidden">
        {copied ? text.copied : ''}
      </span>
    </div>
  );
}
