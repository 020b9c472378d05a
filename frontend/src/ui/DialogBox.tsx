/** A question or a form above the page; Escape and the backdrop close it. */
import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useText } from '../i18n/language';
import styles from './Dialog.module.css';

export interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  about?: ReactNode;
  children?: ReactNode;
  /** Buttons, the main one last. */
  actions?: ReactNode;
}

export default function DialogBox({ open, onClose, title, about, children, actions }: DialogProps) {
  const text = useText().shell;
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className={styles.backdrop} />
        <Base.Popup className={styles.popup}>
          <Base.Title className={styles.title}>{title}</Base.Title>
          {about && <Base.Description className={styles.about}>{about}</Base.Description>}
          {children}
          {actions && <div className={styles.actions}>{actions}</div>}
          {/* Last, so that the focus begins at the first field, or the first of the buttons. */}
          <Base.Close className={styles.close} aria-label={text.close}>
            <X size={18} />
          </Base.Close>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
