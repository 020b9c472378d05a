/** Says that the server is away, until it is back. */
import { WifiOff } from 'lucide-react';
import { useText } from '../i18n/language';
import { connection, useConnectionLost } from '../live/connection';
import { Button } from '../ui/Button';
import styles from './Banner.module.css';

export function ConnectionBanner() {
  const text = useText().shell.lost;
  const lost = useConnectionLost();
  return (
    <div role="status" className={lost ? styles.banner : undefined}>
      {lost && (
        <>
          <div className={styles.said}>
            <WifiOff size={18} aria-hidden="true" />
            <p>
              <strong>{text.title}</strong> {text.about}
            </p>
          </div>
          <Button size="s" onClick={connection.tryNow}>
            {text.now}
          </Button>
        </>
      )}
    </div>
  );
}
