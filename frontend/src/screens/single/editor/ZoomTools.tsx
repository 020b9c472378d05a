/** Closer, further away, the whole again: the buttons of `useZoom`. */
import { Maximize2, ZoomIn, ZoomOut } from 'lucide-react';
import { useFormat, useText } from '../../../i18n/language';
import { IconButton } from '../../../ui/Button';
import type { useZoom } from './useZoom';
import styles from './ZoomTools.module.css';

export function ZoomTools({ zoom }: { zoom: ReturnType<typeof useZoom> }) {
  const text = useText().single.zoom;
  const format = useFormat();
  return (
    <div className={styles.tools}>
      <IconButton size="s" label={text.out} icon={<ZoomOut />} onClick={() => zoom.by(1 / 1.5)} />
      <span aria-live="polite">{format.percent(zoom.level)}</span>
      <IconButton size="s" label={text.in} icon={<ZoomIn />} onClick={() => zoom.by(1.5)} />
      <IconButton size="s" label={text.fit} icon={<Maximize2 />} onClick={zoom.reset} />
    </div>
  );
}
