/** Short words that come and go: `toast.good('Copied')` from anywhere. */
import { Toast } from '@base-ui/react/toast';
import { X } from 'lucide-react';
import { useText } from '../i18n/language';
import styles from './toasts.module.css';

const manager = Toast.createToastManager();

export const toast = {
  good: (title: string, description?: string) =>
    manager.add({ title, description, type: 'good', timeout: 4000 }),
  bad: (title: string, description?: string) =>
    manager.add({ title, description, type: 'bad', timeout: 10_000, priority: 'high' }),
};

export function Toasts() {
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
