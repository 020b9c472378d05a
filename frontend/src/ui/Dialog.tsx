/** A dialog, whose code is loaded when one is first opened. */
import { useState } from 'react';
import { Extra } from '../app/Extra';
import { lazily } from '../app/lazily';
import type { DialogProps } from './DialogBox';
import { useErrorText } from './errorText';
import { toast } from './toasts';

const DialogBox = lazily(() => import('./DialogBox'));

export function Dialog(props: DialogProps) {
  const [wanted, setWanted] = useState(props.open);
  const [failed, setFailed] = useState(false);
  const describe = useErrorText();
  if (props.open && !wanted) setWanted(true);
  if (!props.open && failed) {
    setFailed(false);
    setWanted(false);
  }
  if (!wanted || failed) return null;
  const fail = (error: unknown) => {
    if (error !== null) toast.bad(describe(error));
    setFailed(true);
    props.onClose();
  };
  return (
    <Extra onFail={fail}>
      <DialogBox {...props} />
    </Extra>
  );
}
