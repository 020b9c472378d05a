/** The live quote, which is what will be charged, and the button that begins. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import { useMutation } from '../../api/mutations';
import { queries, statsQuery } from '../../api/queries';
import { tabPath } from '../../app/routes';
import { useStart } from '../../app/session';
import { useFormat, useText } from '../../i18n/language';
import { Button, LinkButton } from '../../ui/Button';
import { Skeleton } from '../../ui/Card';
import { ErrorNotice, Notice } from '../../ui/Notice';
import { shortOf } from './afford';
import styles from './Batch.module.css';
import { declare, type Quote, quoteQuery } from './calls';
import { pathOf } from './files/dropped';
import type { Judged } from './files/picked';
import { draft, type Wish } from './files/useDraft';
import { OPEN } from './upload/remembered';
import { beginUpload } from './upload/uploads';
import { usePurse } from './usePurse';

export function Order({ files, wish }: { files: readonly Judged[]; wish: Wish }) {
  const text = useText().batch;
  const format = useFormat();
  const [, go] = useLocation();
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false; // whoever has gone on elsewhere is left there
    };
  }, []);
  const { open, user } = useStart();
  const ready = files.filter((each) => each.refusal === null).map(({ file }) => file);
  const checking = files.some(({ picture }) => picture === null);
  const quoted = useQuery({
    ...quoteQuery(ready.length, wish.tier),
    enabled: ready.length > 0 && !checking,
    placeholderData: keepPreviousData,
  });
  const purse = usePurse(quoted.data?.finalCredits);
  const short = quoted.data && purse ? shortOf(quoted.data, purse) : null;
  const starting = useMutation({
    mutationFn: async (shown: Quote) => {
      const quote = open ? shown : await stillSo(shown);
      if (quote === null) return null;
      const made = await declare(declarationOf(ready, wish));
      const { id } = made.batch;
      const names = ready.map((file) => ({ name: file.name, size: file.size, path: pathOf(file) }));
      const kept = {
        id,
        owner: user?.id ?? OPEN,
        name: wish.name,
        agreed: quote.finalCredits,
        at: Date.now(),
      };
      await beginUpload({ ...kept, files: names }, { batch: made.batch, items: [] }, ready);
      return { id, declared: new Set(files.map(({ key }) => key)) };
    },
    onSuccess: async (begun) => {
      if (begun === null) return;
      if (here.current) go(`${tabPath('batch')}/${begun.id}`);
      else await queries.invalidateQueries({ queryKey: ['unfinished'] });
      draft.done(begun.declared);
    },
  });
  if (ready.length === 0) return checking ? null : <Notice kind="bad">{text.nothing}</Notice>;
  const quote = quoted.data;
  const stale = quoted.isPlaceholderData || checking;
  return (
    <div className={styles.order}>
      {open ? <p>{text.quote.open}</p> : quote ? <Price quote={quote} /> : <Skeleton height="8rem" />}
      {starting.data === null && !short && <Notice kind="warn">{text.quote.changed}</Notice>}
      <ErrorNotice
        error={short}
        action={
          <LinkButton href={tabPath('subscription')} size="s">
            {text.quote.get}
          </LinkButton>
        }
      />
      <ErrorNotice error={quoted.error ?? starting.error} />
      <Button
        look="primary"
        size="l"
        busy={starting.isPending}
        disabled={!quote || stale || short !== null}
        onClick={() => quote && starting.mutate(quote)}
      >
        {text.start(format.number(ready.length))}
      </Button>
    </div>
  );
}

/** Asked for again before anything is sent: another tab may have spent what was there. Null where it is no more so. */
async function stillSo(shown: Quote): Promise<Quote | null> {
  const [quote, stats] = await Promise.all([
    queries.fetchQuery({ ...quoteQuery(shown.imageCount, shown.tier), staleTime: 0 }),
    queries.fetchQuery({ ...statsQuery, staleTime: 0 }),
  ]);
  return quote.finalCredits > shown.finalCredits || shortOf(quote, stats) ? null : quote;
}

function declarationOf(files: readonly File[], wish: Wish) {
  const white = wish.background === 'white' || wish.format === 'jpeg';
  return {
    files: files.map(({ name, size }) => ({ name: cleaned(name), size })),
    tier: wish.tier,
    name: wish.name.trim(),
    format: wish.format,
    ...(white && { backgroundColor: '#ffffff' }),
  };
}

/** As the API takes names; the file is found again by the name that it has. */
function cleaned(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return name.replace(/[\x00-\x1f\x7f]/g, '_').slice(-255);
}

function Price({ quote }: { quote: Quote }) {
  const text = useText().batch.quote;
  const format = useFormat();
  return (
    <div>
      <dl className={styles.price}>
        {quote.quotaImages > 0 && (
          <>
            <dt>{text.plan(format.number(quote.quotaImages))}</dt>
            <dd>{format.number(0)}</dd>
          </>
        )}
        {quote.creditImages > 0 && (
          <>
            <dt>{text.line(format.number(quote.creditImages), format.number(quote.creditsPerImage))}</dt>
            <dd>{format.number(quote.baseCredits)}</dd>
          </>
        )}
        {quote.discountCredits > 0 && (
          <>
            <dt>{text.discount(format.percent(quote.discountPercent / 100))}</dt>
            <dd>−{format.number(quote.discountCredits)}</dd>
          </>
        )}
        <dt className={styles.total}>{text.total}</dt>
        <dd className={styles.total} aria-live="polite">
          {text.credits(format.number(quote.finalCredits))}
          <small>{format.idr(quote.costInIDR)}</small>
        </dd>
      </dl>
      {quote.hint && (
        <p className={styles.hint}>
          {text.hint(format.number(quote.hint.addImages), format.number(quote.hint.savesCredits))}
        </p>
      )}
      <small className={styles.soft}>{text.only}</small>
    </div>
  );
}
