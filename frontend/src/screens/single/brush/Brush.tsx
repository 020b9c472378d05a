/** Touching up by hand: paint what is to stay or to go; saving composes the picture anew, free of charge. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { Redo2, Undo2 } from 'lucide-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import { useText } from '../../../i18n/language';
import { Button, IconButton } from '../../../ui/Button';
import { Skeleton } from '../../../ui/Card';
import { ErrorNotice, Notice } from '../../../ui/Notice';
import { Segments } from '../../../ui/Segments';
import { Slide } from '../../../ui/Slide';
import { putMatte, readMatte, restoreMatte } from '../calls';
import type { Job } from '../edits';
import styles from './Brush.module.css';
import { editedMatte } from './canvases';
import type { Mode } from './strokes';
import { type Sheets, useBrush } from './useBrush';

interface Props {
  job: Job;
  file: File | null;
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

export function Brush({ job, file, onDone }: Props) {
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
  return data ? <Table job={job} sheets={data} onDone={onDone} /> : <Skeleton height="60dvh" />;
}

function Table({ job, sheets, onDone }: { job: Job; sheets: Sheets; onDone: (job: Job | null) => void }) {
  const { brush: text } = useText().single;
  const [mode, setMode] = useState<Mode>('erase');
  const [size, setSize] = useState(20);
  const canvas = useRef<HTMLCanvasElement>(null);
  const brush = useBrush(canvas, sheets, mode, size / 1000);
  const saving = useMutation({
    mutationFn: async () => putMatte(job.id, await editedMatte(sheets.grey, brush.history.done)),
    onSuccess: onDone,
  });
  const restoring = useMutation({ mutationFn: () => restoreMatte(job.id), onSuccess: onDone });
  const keys = (event: KeyboardEvent) => {
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key.toLowerCase() === 'z') {
      event.preventDefault();
      if (event.shiftKey) brush.redo();
      else brush.undo();
    } else if (event.key === '[') setSize(Math.max(2, size - 4));
    else if (event.key === ']') setSize(Math.min(100, size + 4));
  };
  const { done, undone } = brush.history;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: shortcuts of the controls within
    <div className={styles.brush} onKeyDown={keys}>
      <div className={styles.tools}>
        <Segments
          label={text.title}
          value={mode}
          options={[
            ['keep', text.keep],
            ['erase', text.erase],
          ]}
          onChoose={setMode}
        />
        <div className={styles.size}>
          <Slide label={text.size} value={size} min={2} max={100} onChange={setSize} />
        </div>
        <IconButton label={text.undo} icon={<Undo2 />} disabled={done.length === 0} onClick={brush.undo} />
        <IconButton label={text.redo} icon={<Redo2 />} disabled={undone.length === 0} onClick={brush.redo} />
      </div>
      <div className={styles.area}>
        <canvas
          ref={canvas}
          className={`checkerboard ${styles.canvas}`}
          data-mode={mode}
          role="img"
          aria-label={text.canvas}
          {...brush.pointer}
        />
      </div>
      <ErrorNotice error={saving.error ?? restoring.error} />
      <div className={styles.actions}>
        {job.metadata.matteEdited && (
          <Button look="ghost" busy={restoring.isPending} onClick={() => restoring.mutate()}>
            {text.restore}
          </Button>
        )}
        <Button onClick={() => onDone(null)}>{text.cancel}</Button>
        <Button
          look="primary"
          disabled={done.length === 0}
          busy={saving.isPending}
          onClick={() => saving.mutate()}
        >
          {text.save}
        </Button>
      </div>
    </div>
  );
}
