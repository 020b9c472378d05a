/** A dialog, whose code is loaded when one is first opened. */
import { lazy, Suspense, useState } from 'react';
import type { DialogProps } from './DialogBox';

const DialogBox = lazy(() => import('./DialogBox'));

export function Dialog(props: DialogProps) {
  const [wanted, setWanted] = useState(props.open);
  if (props.open && !wanted) setWanted(true);
  if (!wanted) return null;
  return (
    <Suspense fallback={null}>
      <DialogBox {...props} />
    </Suspense>
  );
}
