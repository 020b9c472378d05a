/** A webhook's secret, to be copied. */
import { useText } from '../../i18n/language';
import { Button } from '../../ui/Button';
import { Copy } from '../../ui/Copy';
import { Dialog } from '../../ui/Dialog';

interface Props {
  open: boolean;
  onClose: () => void;
  title: string;
  secret: string;
}

export function SecretDialog({ open, onClose, title, secret }: Props) {
  const text = useText().account.webhooks;
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={title}
      about={text.secretAbout}
      actions={
        <Button look="primary" onClick={onClose}>
          {text.done}
        </Button>
      }
    >
      <Copy label={text.secret} act={text.copySecret} value={secret} />
    </Dialog>
  );
}
