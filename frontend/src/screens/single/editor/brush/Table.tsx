/** Where one paints: the canvas with its zoom, the brush, and what was drawn so far. */

import { Redo2, Undo2 } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useMutation } from '../../../../api/mutations';
import { useText } from '../../../../i18n/language';
import { Button, IconButton } from '../../../../ui/Button';
import { ErrorNotice } from '../../../../ui/Notice';
import { Segments } from '../../../../ui/Segments';
import { Slide } from '../../../../ui/Slide';
import { putMatte, restoreMatte } from '../../calls';
import type { Job } from '../edits';
import { versionOf } from '../useWork';
import { useZoom } from '../useZoom';
import { ZoomTools } from '../ZoomTools';
import styles from './Brush.module.css';
import { editedMatte } from './canvases';
import { Hints } from './Hints';
import type { History, Mode } from './strokes';
import { type Sheets, useBrush } from './useBrush';
import { SIZE, useBrushKeys } from './useBrushKeys';
import { useRing } from './useRing';

interface Props {
  job: Job;
  sheets: Sheets;
  begun: History;
  onDraw: (strokes: History) => void;
  onDone: (job: Job | null) => void;
}

const WHOLE = 1000; // sizes are thousandths of the picture's longer side

export function Table({ job, sheets, begun, onDraw, onDone }: Props) {
  const { brush: text } = useText().single;
  const [mode, setMode] = useState<Mode>('erase');
  const [size, setSize] = useState(SIZE.first);
  const [moving, setMoving] = useState(false);
  const canvas = useRef<HTMLCanvasElement>(null);
  const zoom = useZoom((event) => moving || event.button === 1);
  // From near the brush is as large on the screen, and finer in the picture.
  const radius = size / WHOLE / zoom.level;
  const brush = useBrush(canvas, sheets, { mode, radius, resting: moving }, begun);
  const ring = useRing(canvas, (2 * size) / WHOLE);
  const keys = useBrushKeys({ brush, setMode, setSize, setMoving });
  const [basedOn] = useState(() => versionOf(job)); // also where the job is edited elsewhere meanwhile
  const saving = useMutation({
    mutationFn: async () => putMatte(job.id, await editedMatte(sheets.grey, brush.history.done), basedOn),
    onSuccess: onDone,
  });
  const restoring = useMutation({ mutationFn: () => restoreMatte(job.id), onSuccess: onDone });
  useEffect(() => zoom.area.ref.current?.focus({ preventScroll: true }), [zoom.area.ref]);
  const { history } = brush;
  useEffect(() => onDraw(history), [onDraw, history]);
  const { done, undone } = history;
  return (
    <div className={styles.brush} {...keys}>
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
          <Slide label={text.size} value={size} min={SIZE.least} max={SIZE.most} onChange={setSize} />
        </div>
        <IconButton label={text.undo} icon={<Undo2 />} disabled={done.length === 0} onClick={brush.undo} />
        <IconButton label={text.redo} icon={<Redo2 />} disabled={undone.length === 0} onClick={brush.redo} />
      </div>
      <div className={styles.stage}>
        <section
          {...zoom.area}
          className={styles.area}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it zooms and moves by keyboard
          tabIndex={0}
          aria-label={text.canvas}
          data-moving={moving || undefined}
          // A middle button would scroll the page.
          onMouseDown={(event) => event.button === 1 && event.preventDefault()}
        >
          <div
            className={styles.sheet}
            {...brush.pointer}
            onPointerMove={(event) => {
              ring.pointer.onPointerMove(event);
              brush.pointer.onPointerMove(event);
            }}
            onPointerLeave={ring.pointer.onPointerLeave}
          >
            <div className={styles.picture} style={zoom.style}>
              <canvas ref={canvas} className={`checkerboard ${styles.canvas}`} data-mode={mode} />
            </div>
            <div ref={ring.ref} className={styles.ring} data-mode={mode} hidden />
          </div>
        </section>
        <ZoomTools zoom={zoom} />
      </div>
      <Hints />
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
