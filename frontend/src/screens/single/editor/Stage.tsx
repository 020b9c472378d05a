/** Before and after, one over the other: compared by a line, looked at from near. */
import { type CSSProperties, useState } from 'react';
import { useText } from '../../../i18n/language';
import { Compare } from '../../../ui/Compare';
import { Photo } from '../../../ui/Photo';
import { type Edits, isLayered, type Job, needsColor } from './edits';
import { Original } from './Original';
import styles from './Stage.module.css';
import { useObjectUrl } from './useComposed';
import { useZoom } from './useZoom';
import { ZoomTools } from './ZoomTools';

interface Props {
  job: Job;
  file: File | null;
  edits: Edits;
  composed: { url: string | null; busy: boolean };
}

export function Stage({ job, file, edits, composed }: Props) {
  const text = useText().single;
  const own = useObjectUrl(file);
  const original = (file ? own : job.originalUrl) ?? undefined;
  const zoom = useZoom();
  const [seen, setSeen] = useState(false);
  const layered = isLayered(edits);
  const after = layered ? (
    <Layers job={job} edits={edits} original={original} onSeen={() => setSeen(true)} />
  ) : (
    <Composed url={composed.url} alt={text.cutout(job.originalName)} />
  );
  const width = job.metadata.width ?? 7;
  const height = job.metadata.height ?? 5;
  return (
    <div className={styles.stage} style={{ '--shape': width / height } as CSSProperties}>
      <div {...zoom.area} className={styles.area} data-busy={composed.busy || undefined}>
        <div className={styles.picture} style={zoom.style}>
          {layered ? (
            <div className={styles.fit} style={fitted(width, height)}>
              <Compare
                label={text.compare}
                anywhere={zoom.whole}
                first={12}
                reveal={file ? (seen ? 'go' : 'wait') : undefined}
                before={<Original src={original} name={job.originalName} />}
                after={after}
              />
            </div>
          ) : (
            after
          )}
        </div>
        {composed.busy && <span className={styles.busy}>{text.composing}…</span>}
      </div>
      <ZoomTools zoom={zoom} />
    </div>
  );
}

function Composed({ url, alt }: { url: string | null; alt: string }) {
  return url && <img className="checkerboard" src={url} alt={alt} draggable={false} />;
}

/** As large as the frame allows, in the picture's own shape, so that the line goes over the picture alone. */
function fitted(width: number, height: number): CSSProperties {
  return { aspectRatio: `${width} / ${height}`, width: `min(100cqw, calc(100cqh * ${width / height}))` };
}

interface LayersProps {
  job: Job;
  edits: Edits;
  original: string | undefined;
  /** The cut-out is there to be seen. */
  onSeen: () => void;
}

/** The cut-out over what the browser can put behind it by itself, at once. */
function Layers({ job, edits, original, onSeen }: LayersProps) {
  const text = useText().single;
  const image = useObjectUrl(edits.background === 'image' ? edits.image : null);
  const color = needsColor(edits) ? '#ffffff' : edits.background === 'color' ? edits.color : undefined;
  return (
    <div className={`checkerboard ${styles.layers}`}>
      {color && <div style={{ background: color }} />}
      {image && <img src={image} alt="" className={styles.cover} />}
      {edits.background === 'blur' && (
        <Photo src={original} alt="" style={{ filter: `blur(${edits.blur * 0.25}rem)` }} />
      )}
      <Photo
        src={job.processedUrl ?? ''}
        alt={text.cutout(job.originalName)}
        draggable={false}
        onLoad={onSeen}
        onError={onSeen}
      />
    </div>
  );
}
