/** One file of a batch: its picture, its name, where it stands, and what can be done about it. */
import {
  CircleAlert,
  CircleCheck,
  CircleDashed,
  Image,
  LoaderCircle,
  Upload as UploadIcon,
} from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { useFormat, useText } from '../../i18n/language';
import { useCodeText } from './codes';
import { previewOf } from './preview';
import styles from './Rows.module.css';
import { BAD, type RowView } from './rows';

export function Row({ row, children }: { row: RowView; children: ReactNode }) {
  return (
    <>
      <Thumbnail row={row} />
      <div className={styles.text}>
        <span className={styles.name} title={row.name}>
          {row.name}
        </span>
        <State row={row} />
      </div>
      <div className={styles.actions}>{children}</div>
    </>
  );
}

function State({ row }: { row: RowView }) {
  const text = useText().batch;
  const format = useFormat();
  const describe = useCodeText();
  const bad = BAD.has(row.state);
  const why = bad && row.code !== null ? describe(row.code, row.message) : null;
  const size = row.size === null ? '' : ` · ${format.bytes(row.size)}`;
  const tone = bad ? styles.bad : row.state === 'completed' ? styles.good : '';
  return (
    <span className={`${styles.state} ${tone}`}>
      <Icon row={row} />
      <span>
        {text.states[row.state]}
        {why ? `: ${why}` : size}
      </span>
      {row.state === 'sending' && <progress value={row.sent} aria-label={text.states.sending} />}
    </span>
  );
}

function Icon({ row }: { row: RowView }) {
  if (BAD.has(row.state)) return <CircleAlert aria-hidden="true" />;
  if (row.state === 'completed' || row.state === 'sent') return <CircleCheck aria-hidden="true" />;
  if (row.state === 'sending') return <UploadIcon aria-hidden="true" />;
  if (row.state === 'processing' || row.state === 'checking')
    return <LoaderCircle aria-hidden="true" className={styles.turning} />;
  return <CircleDashed aria-hidden="true" />;
}

function Thumbnail({ row }: { row: RowView }) {
  const made = usePreview(row.thumbnail ? null : row.file);
  const source = row.thumbnail ?? made;
  return (
    <div className={`checkerboard ${styles.picture}`}>
      {source ? (
        <img src={source} alt="" decoding="async" width={48} height={48} />
      ) : (
        <Image size={20} aria-hidden="true" />
      )}
    </div>
  );
}

function usePreview(file: File | null): string | null {
  const [made, setMade] = useState<string | null>(null);
  useEffect(() => {
    let here = true;
    setMade(null);
    const timer = file
      ? setTimeout(
          () =>
            previewOf(file).then(
              (address) => here && setMade(address),
              () => undefined,
            ),
          80,
        )
      : undefined; // rows that fly past in scrolling ask for nothing
    return () => {
      here = false;
      clearTimeout(timer);
    };
  }, [file]);
  return made;
}
