/** Lies over the page while files are held above it. */
import { ImageDown } from 'lucide-react';
import styles from './DropVeil.module.css';

export function DropVeil({ shown, children }: { shown: boolean; children: string }) {
  if (!shown) return null;
  return (
    <div className={styles.veil} aria-hidden="true">
      <div>
        <ImageDown />
        {children}
      </div>
    </div>
  );
}
