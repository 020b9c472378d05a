/** Uploads of this browser that were cut off, and what to do with them. */
import { useQuery } from '@tanstack/react-query';
import { ApiError, isGone } from '../../api/errors';
import { useMutation } from '../../api/mutations';
import { queries } from '../../api/queries';
import { tabPath } from '../../app/routes';
import { useUser } from '../../app/session';
import { useFormat, useText } from '../../i18n/language';
import { Button, LinkButton } from '../../ui/Button';
import { ErrorNotice, Notice } from '../../ui/Notice';
import { cancelBatch, readBatch } from './calls';
import { forget, OPEN, type Remembered, unfinished } from './upload/remembered';
import { take } from './upload/turn';
import { endUpload, holdUpload, isOnItsWay, unpause } from './upload/uploads';

const LOOK_MS = 2500; // at what this page, or another tab, sends meanwhile

interface Left extends Remembered {
  /** It is being sent, by this page or another tab. */
  moves: boolean;
}

async function stand(owner: string): Promise<Left[]> {
  const all = await unfinished(owner, Date.now());
  const known = await Promise.all(
    all.map(async (each) => {
      const moves = await isOnItsWay(each.id);
      return { ...each, moves, waits: moves || (await isWaiting(each.id)) }; // what is sent here is known here
    }),
  );
  for (const { id, waits } of known) if (!waits) await forget(id);
  return known.filter(({ waits }) => waits);
}

/** Whether the server still waits for it to be started; where it does not answer, it may. */
async function isWaiting(id: string): Promise<boolean> {
  try {
    const { batch } = await readBatch(id);
    return batch.status === 'pending' && !batch.started;
  } catch (error) {
    return !isGone(error);
  }
}

/** In its turn, so that no tab starts meanwhile what is thrown away here; what was started is only forgotten. */
async function throwAway(id: string): Promise<void> {
  holdUpload(id);
  const letGo = await take(id);
  if (!letGo) return; // another tab is at it again
  try {
    const { batch } = await readBatch(id);
    if (!batch.started) await cancelBatch(id);
  } catch (error) {
    if (!(error instanceof ApiError && (isGone(error) || error.status === 409))) throw error;
  } finally {
    letGo();
  }
  endUpload(id);
  await forget(id);
}

export function Unfinished() {
  const text = useText().batch;
  const format = useFormat();
  const owner = useUser()?.id ?? OPEN;
  const { data } = useQuery({
    queryKey: ['unfinished', owner],
    queryFn: () => stand(owner),
    staleTime: 0,
    refetchInterval: ({ state }) => state.data?.some(({ moves }) => moves) && LOOK_MS,
    networkMode: 'always',
    meta: { local: true },
  });
  const throwing = useMutation({
    mutationFn: throwAway,
    onSettled: () => queries.invalidateQueries({ queryKey: ['unfinished'] }),
  });
  return (
    <>
      {data?.slice(0, 3).map((each) => (
        <Notice
          key={each.id}
          kind={each.moves ? 'info' : 'warn'}
          action={
            <>
              {!each.moves && (
                <Button
                  size="s"
                  look="ghost"
                  busy={throwing.isPending}
                  onClick={() => throwing.mutate(each.id)}
                >
                  {text.throwAway}
                </Button>
              )}
              <LinkButton size="s" href={`${tabPath('batch')}/${each.id}`} onClick={() => unpause(each.id)}>
                {each.moves ? text.show : text.goOn}
              </LinkButton>
            </>
          }
        >
          {(each.moves ? text.moves : text.unfinished)(
            each.name || text.unnamed,
            format.number(each.files.length),
          )}
        </Notice>
      ))}
      <ErrorNotice error={throwing.error} />
    </>
  );
}
