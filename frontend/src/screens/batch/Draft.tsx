/** Before a batch: the files, what is wanted of them, and what it will cost. */
import { Images, X } from 'lucide-react';
import { useEffect } from 'react';
import { useStart } from '../../app/session';
import { useTitle } from '../../app/title';
import { useFormat, useText } from '../../i18n/language';
import { Button, IconButton } from '../../ui/Button';
import { Notice } from '../../ui/Notice';
import { TierCards } from '../../ui/TierCards';
import { toast } from '../../ui/toasts';
import { takeAllPending } from '../start/pending';
import styles from './Batch.module.css';
import { draft, useDraft } from './files/useDraft';
import { useFiles } from './files/useFiles';
import { Rows } from './list/Rows';
import { rowsOfDraft } from './list/rowView';
import { Options } from './Options';
import { Order } from './Order';
import { Pick } from './Pick';
import { Unfinished } from './Unfinished';

export function Draft() {
  const text = useText().batch;
  const format = useFormat();
  const { limits } = useStart();
  const { files, wish } = useDraft();
  useTitle(text.title);
  useEffect(() => void draft.add(takeAllPending()), []);
  const add = (more: File[]) => {
    const known = more.length - draft.add(more);
    if (known > 0) toast.good(text.known(format.number(known)));
  };
  const held = useFiles(add);
  return (
    <div className={styles.page}>
      <header>
        <h1>{text.title}</h1>
        <p className={styles.soft}>{text.about(format.number(limits.maxBatchImages))}</p>
      </header>
      <Unfinished />
      {files.length === 0 ? (
        <>
          <Nothing held={held} onFiles={add} />
          <TierCards chosen={wish.tier} onChoose={(tier) => draft.want({ tier })} />
        </>
      ) : (
        <Chosen files={files} held={held} onFiles={add} />
      )}
      {files.length > 0 && (
        <aside className={styles.side}>
          <Options wish={wish} onWant={draft.want} />
          <Order files={files} wish={wish} />
        </aside>
      )}
    </div>
  );
}

interface TakesFiles {
  held: boolean;
  onFiles: (files: File[]) => void;
}

function Nothing({ held, onFiles }: TakesFiles) {
  const text = useText().batch;
  const format = useFormat();
  const { limits } = useStart();
  return (
    <div className={styles.drop} data-held={held || undefined}>
      <Images aria-hidden="true" />
      <h2>{held ? text.dropHere : text.drop}</h2>
      <div className={styles.buttons}>
        <Pick onFiles={onFiles} look="primary" size="l" />
      </div>
      <p className={styles.soft}>
        {text.limits(
          format.bytes(limits.maxBytes),
          format.number(limits.maxPixels / 1e6),
          format.bytes(limits.maxBatchBytes),
        )}
      </p>
    </div>
  );
}

function Chosen({ files, held, onFiles }: TakesFiles & { files: ReturnType<typeof useDraft>['files'] }) {
  const text = useText().batch;
  const format = useFormat();
  const bad = files.filter((each) => each.refusal !== null);
  return (
    <section className={styles.files} data-held={held || undefined}>
      <div className={styles.buttons}>
        <Pick onFiles={onFiles} size="s" label={text.more} />
        <Button size="s" look="ghost" onClick={draft.clear}>
          {text.clear}
        </Button>
      </div>
      {bad.length > 0 && (
        <Notice
          kind="warn"
          action={
            <Button size="s" onClick={() => draft.take(new Set(bad.map(({ key }) => key)))}>
              {text.removeBad(format.number(bad.length))}
            </Button>
          }
        >
          {text.bad(format.number(bad.length))}
        </Notice>
      )}
      <Rows
        label={text.list}
        rows={rowsOfDraft([...bad, ...files.filter((each) => each.refusal === null)])}
        actions={(row) => (
          <IconButton
            label={text.remove(row.name)}
            icon={<X />}
            onClick={() => draft.take(new Set([row.position]))}
          />
        )}
      />
    </section>
  );
}
