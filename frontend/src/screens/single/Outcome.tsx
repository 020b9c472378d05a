/** A removal that ended without a picture: why, and what to do. */
import { CircleOff } from 'lucide-react';
import { useText } from '../../i18n/language';
import { Button } from '../../ui/Button';
import { Empty } from '../../ui/Card';
import type { Job } from './edits';

export function Outcome({ job, onAnother }: { job: Job; onAnother: () => void }) {
  const { single: text, errors } = useText();
  const why = () => {
    if (job.status === 'cancelled') return text.cancelled;
    if (job.status === 'expired') return text.expired;
    return (job.error && errors.byCode[job.error.code]) ?? job.error?.message ?? errors.unknown;
  };
  return (
    <Empty icon={<CircleOff />} title={text.failed}>
      <p role="alert">
        {why()} {job.status === 'failed' && text.notCharged}
      </p>
      <Button look="primary" onClick={onAnother}>
        {text.another}
      </Button>
    </Empty>
  );
}
