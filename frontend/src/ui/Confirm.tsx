/** Asks before something is gone. */
import { useText } from '../i18n/language';
import { Button } from './Button';
import { Dialog } from './Dialog';

interface Props {
  open: boolean;
  onClose: () => void;
  title: string;
  about: string;
  act: string;
  busy: boolean;
  onAct: () => void;
}

export function Confirm({ open, onClose, title, about, act, busy, onAct }: Props) {
  const text = useText().shell;
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={title}
      about={about}
      actions={
        <>
          <Button onClick={onClose}>{text.cancel}</Button>
          <Button look="danger" busy={busy} onClick={onAct}>
            {act}
          </Button>
        </>
      }
    />
  );
}
