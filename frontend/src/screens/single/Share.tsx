/** A link that shows the cut-out to whoever has it, until it expires. */
import { useQuery } from '@tanstack/react-query';
import { Copy } from 'lucide-react';
import { useFormat, useText } from '../../i18n/language';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Field } from '../../ui/Field';
import { ErrorNotice } from '../../ui/Notice';
import { toast } from '../../ui/toasts';
import { readJob } from './calls';
import type { Job } from './edits';

interface Props {
  job: Job;
  edited: boolean;
  open: boolean;
  onClose: () => void;
}

export function Share({ job, edited, open, onClose }: Props) {
  const { single: text, shell } = useText();
  const format = useFormat();
  // Asked for anew, since the link in hand may end soon.
  const { data, error } = useQuery({
    queryKey: ['share', job.id],
    queryFn: ({ signal }) => readJob(job.id, signal),
    enabled: open,
    staleTime: 60_000,
  });
  const link = data?.processedUrl ? new URL(data.processedUrl, window.location.origin) : null;
  const until = link && format.dateTime(new Date(Number(link.searchParams.get('expires')) * 1000));
  const copy = async () => {
    await navigator.clipboard.writeText(link?.href ?? '');
    toast.good(text.shareCopied);
  };
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={text.shareTitle}
      about={until && text.shareAbout(until)}
      actions={
        <Button look="primary" icon={<Copy />} disabled={!link} onClick={() => void copy()}>
          {shell.copy}
        </Button>
      }
    >
      <ErrorNotice error={error} />
      <Field
        label={text.shareLink}
        readOnly
        value={link?.href ?? ''}
        onFocus={(event) => event.target.select()}
      />
      {edited && <p>{text.shareEdits}</p>}
    </Dialog>
  );
}
