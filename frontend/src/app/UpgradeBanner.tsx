/** Says that the page has to be loaded again, where nothing else on it says so. */
import { RefreshCw } from 'lucide-react';
import { useText } from '../i18n/language';
import { Button } from '../ui/Button';
import styles from './Banner.module.css';
import { useUpgraded } from './upgrade';

export function UpgradeBanner() {
  const { errors } = useText();
  const upgraded = useUpgraded();
  return (
    <div role="status" className={upgraded ? styles.banner : undefined}>
      {upgraded && (
        <>
          <div className={styles.said}>
            <RefreshCw size={18} aria-hidden="true" />
            <p>{errors.gone}</p>
          </div>
          <Reload />
        </>
      )}
    </div>
  );
}

/** Asked for, and not done by itself: an upload may be on its way. */
export function Reload() {
  const text = useText().shell.broken;
  return (
    <Button size="s" onClick={() => window.location.reload()}>
      {text.reload}
    </Button>
  );
}
