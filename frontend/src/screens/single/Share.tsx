/** A link that shows the picture, as it is edited now, to whoever has it, until it expires. */
import { useQuery } from '@tanstack/react-query';
import { Copy } from 'lucide-react';
import { useFormat, useText } from '../../i18n/language';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Field } from '../../ui/Field';
import { ErrorNotice } from '../../ui/Notice';
import { toast } from '../../ui/toasts';
import { readJob, share } from './calls';
import { composeForm, type Edits, isUntouched, type Job } from './edits';

interface Props {
  job: Job;
  edits: Edits;
  open: boolean;
  onClose: () => void;
}

/** The stored result where nothing was changed, or a composition that is kept for it. */
async function link(job: Job, edits: Edits, signal: AbortSignal): Promise<string | null> {
  if (!isUntouched(edits)) return (await share(job.id, edits)).url;
  // Asked for anew, since the link in hand may end soon.
  return (await readJob(job.id, signal)).processedUrl;
}

/** The same for edits that make the same picture. */
function nameOf(edits: Edits): string {
  const { image } = edits;
  const fields = [...composeForm(edits)].filter(([, value]) => typeof value === 'string');
  return JSON.stringify([fields, image && [image.name, image.size, image.lastModified]]);
}

export function Share({ job, edits, open, onClose }: Props) {
  const { single: text, shell } = useText();
  const format = useFormat();
  const { data, error, isFetching } = useQuery({
    // The last one shared is in force, so another is not taken out of the cache.
    queryKey: ['share', job.id, job.metadata.sha256, nameOf(edits)],
    queryFn: ({ signal }) => link(job, edits, signal),
    enabled: open,
    staleTime: 60_000,
    gcTime: 0,
    retry: false,
  });
  const url = data ? new URL(data, window.location.origin) : null;
  const until = url && format.dateTime(new Date(Number(url.searchParams.get('expires')) * 1000));
  const copy = async () => {
    await navigator.clipboard.writeText(url?.href ?? '');
    toast.good(text.shareCopied);
  };
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={text.shareTitle}
      about={until && text.shareAbout(until)}
      actions={
        <Button look="primary" icon={<Copy />} busy={isFetching} disabled={!url} onClick={() => void copy()}>
          {shell.copy}
        </Button>
      }
    >
      <ErrorNotice error={error} />
      <Field
        label={text.shareLink}
        readOnly
        value={url?.href ?? ''}
        onFocus={(event) => event.target.select()}
      />
      {!isUntouched(edits) && <p>{text.sharePlace}</p>}
    </Dialog>
  );
}
