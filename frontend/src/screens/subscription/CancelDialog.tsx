/** Asks whether to cancel, and why. */
import { LIMITS } from '../../api/limits';
import { useFormat, useText } from '../../i18n/language';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Field } from '../../ui/Field';
import { toast } from '../../ui/toasts';
import { acts, useAct } from './calls';
import type { Subscription } from './offers';
import styles from './Present.module.css';

interface Props {
  subscription: Subscription;
  open: boolean;
  onClose: () => void;
}

export function CancelDialog({ subscription, open, onClose }: Props) {
  const text = useText().subscription.cancel;
  const format = useFormat();
  const act = useAct(() => {
    toast.good(text.done);
    onClose();
  });
  const { status, paidUntil } = subscription;
  const kept = status === 'active' && paidUntil ? text.kept(format.date(paidUntil)) : text.ends;
  const send = (event: React.FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const reason = new FormData(event.currentTarget).get('reason');
    act.mutate(() => acts.cancel(typeof reason === 'string' ? reason.trim() : ''));
  };
  return (
    <Dialog open={open} onClose={onClose} title={text.title} about={kept}>
      <form className={styles.form} onSubmit={send}>
        <Field label={text.reason} name="reason" maxLength={LIMITS.reason} />
        <div className={styles.buttons}>
          <Button onClick={onClose}>{text.keep}</Button>
          <Button look="danger" type="submit" busy={act.isPending}>
            {text.confirm}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
