/** Taking the picture away: download, copy, a link for others; or beginning anew. */

import { Brush, Copy, Download, ImagePlus, Share2 } from 'lucide-react';
import { useState } from 'react';
import { useMutation } from '../../../api/mutations';
import { useText } from '../../../i18n/language';
import { Button } from '../../../ui/Button';
import { canCopyPictures } from '../../../ui/clipboard';
import { useErrorText } from '../../../ui/errorText';
import { toast } from '../../../ui/toasts';
import { compose } from '../calls';
import styles from './Actions.module.css';
import { type Edits, isUntouched, type Job, savedName } from './edits';
import { Share } from './Share';

interface Props {
  job: Job;
  edits: Edits;
  onBrush: () => void;
  onAnother: () => void;
}

export function Actions({ job, edits, onBrush, onAnother }: Props) {
  const text = useText().single;
  const describe = useErrorText();
  const [sharing, setSharing] = useState(false);
  const failed = (error: unknown) => toast.bad(describe(error));
  const saving = useMutation({ mutationFn: () => picture(job, edits), onSuccess: save, onError: failed });
  const copying = useMutation({
    mutationFn: () => copyPicture(picture(job, { ...edits, format: 'png' })),
    onSuccess: () => toast.good(text.copied),
    onError: (error) => (error instanceof DOMException ? toast.bad(text.cannotCopy) : failed(error)),
  });
  function save(blob: Blob) {
    const url = URL.createObjectURL(blob);
    const link = document.createElement('a');
    link.href = url;
    link.download = savedName(job.originalName, edits.format);
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }
  return (
    <div className={styles.actions}>
      <Button
        look="primary"
        size="l"
        icon={<Download />}
        busy={saving.isPending}
        onClick={() => saving.mutate()}
      >
        {text.download}
      </Button>
      {canCopyPictures() && (
        <Button icon={<Copy />} busy={copying.isPending} onClick={() => copying.mutate()}>
          {text.copy}
        </Button>
      )}
      <Button icon={<Share2 />} onClick={() => setSharing(true)}>
        {text.share}
      </Button>
      <Button icon={<Brush />} onClick={onBrush}>
        {text.brush.open}
      </Button>
      <Button icon={<ImagePlus />} onClick={onAnother}>
        {text.another}
      </Button>
      <Share job={job} edits={edits} open={sharing} onClose={() => setSharing(false)} />
    </div>
  );
}

/** The file as it is wanted: the stored one where nothing was changed. */
async function picture(job: Job, edits: Edits): Promise<Blob> {
  if (!isUntouched(edits) || !job.processedUrl) return compose(job.id, edits);
  const answer = await fetch(job.processedUrl);
  return answer.ok ? answer.blob() : compose(job.id, edits);
}

/** The blob is handed on as a promise: some browsers allow copying only straight after a click. */
async function copyPicture(blob: Promise<Blob>): Promise<void> {
  const png = blob.then((given) =>
    given.type === 'image/png' ? given : new Blob([given], { type: 'image/png' }),
  );
  await navigator.clipboard.write([new ClipboardItem({ 'image/png': png })]);
}
