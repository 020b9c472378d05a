/** Shows what `toast` is told. */
import { Toast } from '@base-ui/react/toast';
import { X } from 'lucide-react';
import { useEffect } from 'react';
import { useText } from '../i18n/language';
import { heardBy, type Said } from './toasts';
import styles from './toasts.module.css';

const manager = Toast.createToastManager();

function show({ kind, title, description }: Said): void {
  const good = kind === 'good';
  manager.add({
    title,
    description,
    type: kind,
    timeout: good ? 4000 : 10_000,
    priority: good ? 'low' : 'high',
  });
}

export function ToastList() {
  useEffect(() => heardBy(show), []);
  return (
    <Toast.Provider toastManager={manager} limit={3}>
      <Toast.Portal>
        <Toast.Viewport className={styles.viewport}>
          <List />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function List() {
  const text = useText().shell;
  const { toasts } = Toast.useToastManager();
  return toasts.map((each) => (
    <Toast.Root key={each.id} toast={each} className={styles.toast} data-kind={each.type}>
      <Toast.Content className={styles.content}>
        <div>
          <Toast.Title className={styles.title} />
          <Toast.Description className={styles.description} />
        </div>
        <Toast.Close className={styles.close} aria-label={text.close}>
          <X size={16} />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ));
}
