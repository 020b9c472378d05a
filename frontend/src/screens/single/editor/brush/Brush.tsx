/** Touching up by hand: paint what is to stay or to go; saving composes the picture anew, free of charge. */
import { useQuery } from '@tanstack/react-query';
import { useText } from '../../../../i18n/language';
import { Button } from '../../../../ui/Button';
import { Skeleton } from '../../../../ui/Card';
import { ErrorNotice, Notice } from '../../../../ui/Notice';
import { readMatte } from '../../calls';
import type { Job } from '../edits';
import styles from './Brush.module.css';
import type { History } from './strokes';
import { Table } from './Table';
import type { Sheets } from './useBrush';

interface Props {
  job: Job;
  file: File | null;
  /** Strokes that were drawn before, and are not saved. */
  begun: History;
  onDraw: (strokes: History) => void;
  onDone: (job: Job | null) => void;
}

async function load(job: Job, file: File | null): Promise<Sheets> {
  const original = async () => file ?? (await fetch(job.originalUrl ?? '')).blob();
  const [picture, grey] = await Promise.all([
    original().then((blob) => createImageBitmap(blob)),
    readMatte(job.id).then((blob) => createImageBitmap(blob)),
  ]);
  return { picture, grey };
}

export function Brush({ job, file, begun, onDraw, onDone }: Props) {
  const text = useText().single.brush;
  const { data, error } = useQuery({
    queryKey: ['sheets', job.id, job.metadata.sha256],
    queryFn: () => load(job, file),
    gcTime: 0,
    retry: false,
  });
  if (error) {
    const unreadable = error instanceof DOMException;
    return (
      <div className={styles.brush}>
        {unreadable ? <Notice kind="warn">{text.cannotShow}</Notice> : <ErrorNotice error={error} />}
        <Button onClick={() => onDone(null)}>{text.back}</Button>
      </div>
    );
  }
  if (!data) return <Skeleton height="60dvh" />;
  return <Table job={job} sheets={data} begun={begun} onDraw={onDraw} onDone={onDone} />;
}
