/** While the model looks: the picture itself, where the cut-out will be, with a light passing over it. */
import { ImagePlus, X } from 'lucide-react';
import { type CSSProperties, useState } from 'react';
import { useText } from '../../../i18n/language';
import { Button } from '../../../ui/Button';
import editor from '../editor/Editor.module.css';
import type { Job } from '../editor/edits';
import stage from '../editor/Stage.module.css';
import { useObjectUrl } from '../editor/useComposed';
import styles from './Working.module.css';

interface Props {
  file: File | null;
  job: Job | null;
  /** The server does not answer, and is asked again once it does. */
  awaited?: boolean;
  /** Null where it is not known yet what runs. */
  onCancel: (() => void) | null;
  onAnother: () => void;
}

export function Working({ file, job, awaited = false, onCancel, onAnother }: Props) {
  const { single: text, shell } = useText();
  const own = useObjectUrl(file);
  const [broken, setBroken] = useState('');
  const [shape, setShape] = useState<number>();
  const seen = (image: HTMLImageElement) => setShape(image.naturalWidth / image.naturalHeight);
  const url = file ? own : job?.originalUrl;
  return (
    <div className={editor.editor}>
      <div className={editor.left}>
        <div className={stage.stage} style={shape ? ({ '--shape': shape } as CSSProperties) : undefined}>
          <div className={`${stage.area} ${styles.working}`}>
            {url && broken !== url && (
              <img
                src={url}
                alt=""
                onError={() => setBroken(url)}
                onLoad={(event) => seen(event.currentTarget)}
              />
            )}
            {!awaited && <div className={styles.light} />}
          </div>
        </div>
        <p role="status" className={styles.said}>
          {awaited ? text.awaited : job?.status === 'pending' ? text.waiting : text.working}…
        </p>
        <div className={styles.out}>
          {onCancel && (
            <Button icon={<X />} onClick={onCancel}>
              {shell.cancel}
            </Button>
          )}
          <Button look="ghost" icon={<ImagePlus />} onClick={onAnother}>
            {text.another}
          </Button>
        </div>
      </div>
      <div className={styles.soon} aria-hidden="true">
        {[3.25, 2.75, 2.75, 20].map((rem) => (
          <div key={rem} style={{ height: `${rem}rem` }} />
        ))}
      </div>
    </div>
  );
}
