/** Uploads of this browser that were cut off, and what to do with them. */
import { useQuery } from '@tanstack/react-query';
import { ApiError } from '../../api/errors';
import { useMutation } from '../../api/mutations';
import { queries } from '../../api/queries';
import { tabPath } from '../../app/routes';
import { useUser } from '../../app/session';
import { useFormat, useText } from '../../i18n/language';
import { Button, LinkButton } from '../../ui/Button';
import { ErrorNotice, Notice } from '../../ui/Notice';
import { cancelBatch } from './calls';
import { forget, unfinished } from './upload/remembered';
import { endUpload, unpause } from './upload/uploads';

export function Unfinished() {
  const text = useText().batch;
  const format = useFormat();
  const owner = useUser()?.id ?? 'open';
  const { data } = useQuery({
    queryKey: ['unfinished', owner],
    queryFn: () => unfinished(owner, Date.now()),
    staleTime: 0,
    networkMode: 'always',
    meta: { local: true },
  });
  const throwing = useMutation({
    mutationFn: async (id: string) => {
      endUpload(id);
      await cancelBatch(id).catch((error) => {
        if (!(error instanceof ApiError && (error.status === 404 || error.status === 409))) throw error;
      });
      await forget(id);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['unfinished'] }),
  });
  return (
    <>
      {data?.slice(0, 3).map((each) => (
        <Notice
          key={each.id}
          kind="warn"
          action={
            <>
              <Button
                size="s"
                look="ghost"
                busy={throwing.isPending}
                onClick={() => throwing.mutate(each.id)}
              >
                {text.throwAway}
              </Button>
              <LinkButton size="s" href={`${tabPath('batch')}/${each.id}`} onClick={() => unpause(each.id)}>
                {text.goOn}
              </LinkButton>
            </>
          }
        >
          {text.unfinished(each.name || text.unnamed, format.number(each.files.length))}
        </Notice>
      ))}
      <ErrorNotice error={throwing.error} />
    </>
  );
}
