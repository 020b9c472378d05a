/** What only the person can decide about an upload: files to pick again, another price, a start that was refused. */
import { type ReactNode, useState } from 'react';
import type { ApiError } from '../../api/errors';
import { tabPath } from '../../app/routes';
import { useStart } from '../../app/session';
import { useFormat, useText } from '../../i18n/language';
import { Button, LinkButton } from '../../ui/Button';
import { ErrorNotice, Notice } from '../../ui/Notice';
import { toast } from '../../ui/toasts';
import { freeCredits, missing } from './afford';
import styles from './Batch.module.css';
import { useFiles } from './files/useFiles';
import { Pick } from './Pick';
import type { Upload } from './upload/Upload';
import { giveAgain } from './upload/uploads';
import { usePurse } from './usePurse';

export function Questions({ upload }: { upload: Upload }) {
  switch (upload.phase) {
    case 'lost':
      return <Lost upload={upload} />;
    case 'asking':
      return <Asked upload={upload} />;
    case 'refused':
      return <Refused upload={upload} />;
    case 'sending':
      return <ErrorNotice error={upload.trouble} />;
    case 'stopped':
      return <ErrorNotice error={upload.error} />;
    default:
      return null;
  }
}

function Lost({ upload }: { upload: Upload }) {
  const text = useText().batch;
  const format = useFormat();
  const [none, setNone] = useState(false);
  const lost = upload.items.filter(({ state }) => state === 'lost').length;
  const give = (files: File[]) => {
    const found = giveAgain(upload, files);
    setNone(found === 0);
    if (found > 0) toast.good(text.found(format.number(found)));
  };
  const held = useFiles(give);
  return (
    <section className={styles.drop} data-held={held || undefined}>
      <h2>{text.lostTitle(format.number(lost))}</h2>
      <p className={styles.soft}>{text.lostAbout}</p>
      {none && <Notice kind="bad">{text.noneFound}</Notice>}
      <div className={styles.buttons}>
        <Pick onFiles={give} look="primary" />
        <Button look="ghost" onClick={() => upload.leaveOut()}>
          {text.leaveOut}
        </Button>
      </div>
    </section>
  );
}

function Asked({ upload }: { upload: Upload }) {
  const text = useText().batch;
  const { number } = useFormat();
  const { open } = useStart();
  const { agreed, items, price, ready } = upload;
  const leftOut = ready < items.length;
  if (ready === 0) return <Notice kind="bad">{text.noneTaken}</Notice>;
  return (
    <Notice
      kind="warn"
      action={
        <Button look="primary" onClick={upload.accept}>
          {open ? text.start(number(ready)) : text.startFor(number(price))}
        </Button>
      }
    >
      {agreed === null
        ? text.arrived(number(ready))
        : (leftOut ? text.dearer : text.dearerNow)(number(price), number(agreed))}
    </Notice>
  );
}

function Refused({ upload }: { upload: Upload }) {
  const text = useText().batch;
  const again = (
    <Button size="s" look="primary" onClick={upload.run}>
      {text.startAgain}
    </Button>
  );
  const price = missing(upload.error);
  if (price === null) return <ErrorNotice error={upload.error} action={again} />;
  return <Unpaid error={upload.error as ApiError} price={price} again={again} />;
}

/** The files have arrived and wait; what is there to pay with may have changed since. */
function Unpaid({ error, price, again }: { error: ApiError; price: number; again: ReactNode }) {
  const text = useText().batch;
  const purse = usePurse(price);
  if (purse && freeCredits(purse) >= price)
    return (
      <Notice kind="good" action={again}>
        {text.paidNow}
      </Notice>
    );
  return (
    <>
      <ErrorNotice
        error={error}
        action={
          <>
            <LinkButton href={tabPath('subscription')} size="s">
              {text.quote.get}
            </LinkButton>
            {again}
          </>
        }
      />
      <p className={styles.soft}>{text.filesWait}</p>
    </>
  );
}
