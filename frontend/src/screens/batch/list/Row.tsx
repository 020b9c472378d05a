/** One file of a batch: its picture, its name, where it stands, and what can be done about it. */
import {
  CircleAlert,
  CircleCheck,
  CircleDashed,
  Image,
  LoaderCircle,
  Upload as UploadIcon,
} from 'lucide-react';
import { createContext, type ReactNode, use, useEffect, useState } from 'react';
import { useFormat, useText } from '../../../i18n/language';
import { Photo } from '../../../ui/Photo';
import { toast } from '../../../ui/toasts';
import { useCodeText } from '../codes';
import { previewOf } from '../files/preview';
import { Flight } from './Flight';
import styles from './Rows.module.css';
import { BAD, type RowView } from './rowView';

export function Row({ row, children }: { row: RowView; children: ReactNode }) {
  return (
    <>
      <Thumbnail row={row} />
      <div className={styles.text}>
        <span className={styles.file} title={row.folder ? `${row.folder}/${row.name}` : row.name}>
          <span className={styles.name}>{row.name}</span>
          {row.folder && <span className={styles.folder}>{row.folder}</span>}
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
      {why ? (
        // Two lines are shown; a press tells the whole of it where nothing can hover.
        <button type="button" title={why} onClick={() => toast.bad(`${row.name}: ${why}`)}>
          <span>{`${text.states[row.state]}: ${why}`}</span>
        </button>
      ) : (
        <span>
          {text.states[row.state]}
          {size}
        </span>
      )}
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

/** The list that the rows are in. */
export const Flying = createContext(new Flight());

function Thumbnail({ row }: { row: RowView }) {
  const calm = useCalm();
  const made = usePreview(calm && !row.thumbnail ? row.file : null);
  const source = row.thumbnail ?? made;
  return (
    <div className={`${row.thumbnail ? 'checkerboard' : ''} ${styles.picture}`}>
      {source && calm ? (
        <Photo src={source} alt="" decoding="async" width={56} height={56} />
      ) : (
        <Image size={20} aria-hidden="true" />
      )}
    </div>
  );
}

/** Rows that fly past in scrolling ask for nothing. */
function useCalm(): boolean {
  const flight = use(Flying);
  const [calm, setCalm] = useState(!flight.flying);
  useEffect(() => flight.whenCalm(() => setCalm(true)), [flight]);
  return calm;
}

function usePreview(file: File | null): string | null {
  const [made, setMade] = useState<string | null>(null);
  useEffect(() => {
    let here = true;
    setMade(null);
    if (file) {
      previewOf(file).then(
        (address) => here && setMade(address),
        () => undefined,
      );
    }
    return () => {
      here = false;
    };
  }, [file]);
  return made;
}
