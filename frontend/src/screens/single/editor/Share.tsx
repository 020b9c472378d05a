/** A link that shows the picture, as it is edited now, to whoever has it, until it expires or is ended. */
import { useQuery } from '@tanstack/react-query';
import { Copy, Link, Unlink } from 'lucide-react';
import { useMutation } from '../../../api/mutations';
import { queries } from '../../../api/queries';
import { useFormat, useText } from '../../../i18n/language';
import { Button } from '../../../ui/Button';
import { copyText } from '../../../ui/clipboard';
import { Dialog } from '../../../ui/Dialog';
import { Field } from '../../../ui/Field';
import { ErrorNotice, Notice } from '../../../ui/Notice';
import { toast } from '../../../ui/toasts';
import { readJob, share, stopSharing } from '../calls';
import type { Edits, Job } from './edits';

interface Props {
  job: Job;
  edits: Edits;
  open: boolean;
  onClose: () => void;
}

export function Share({ job, edits, open, onClose }: Props) {
  const { single: text, shell } = useText();
  const format = useFormat();
  // Asked for anew: it may have been shared, or ended, elsewhere.
  const standing = useQuery({
    queryKey: ['share', job.id],
    queryFn: ({ signal }) => readJob(job.id, signal),
    enabled: open,
    gcTime: 0,
    retry: false,
  });
  const again = () =>
    Promise.all([standing.refetch(), queries.invalidateQueries({ queryKey: ['jobs', 'list'] })]);
  const sharing = useMutation({ mutationFn: () => share(job.id, edits), onSuccess: again });
  const ending = useMutation({
    mutationFn: () => stopSharing(job.id),
    onSuccess: () => {
      sharing.reset();
      toast.good(text.shareEnded);
      return again();
    },
  });
  const close = () => {
    sharing.reset();
    ending.reset();
    onClose();
  };
  const until = standing.data?.sharedUntil;
  const url = sharing.data && new URL(sharing.data.url, window.location.origin).href;
  const copy = async () => {
    if (await copyText(url ?? '')) toast.good(text.shareCopied);
    else toast.bad(text.shareByHand);
  };
  return (
    <Dialog
      open={open}
      onClose={close}
      title={text.shareTitle}
      about={text.shareAbout}
      actions={
        <>
          {until && (
            <Button look="danger" icon={<Unlink />} busy={ending.isPending} onClick={() => ending.mutate()}>
              {text.shareStop}
            </Button>
          )}
          {url ? (
            <Button look="primary" icon={<Copy />} onClick={() => void copy()}>
              {shell.copy}
            </Button>
          ) : (
            <Button
              look="primary"
              icon={<Link />}
              busy={sharing.isPending || standing.isPending}
              onClick={() => sharing.mutate()}
            >
              {text.shareMake}
            </Button>
          )}
        </>
      }
    >
      <ErrorNotice error={standing.error ?? sharing.error ?? ending.error} />
      {standing.data && <Notice>{until ? text.shareUntil(format.dateTime(until)) : text.shareNone}</Notice>}
      {url && (
        <Field label={text.shareLink} readOnly value={url} onFocus={(event) => event.target.select()} />
      )}
      {until && !url && <p>{text.sharePlace}</p>}
    </Dialog>
  );
}
