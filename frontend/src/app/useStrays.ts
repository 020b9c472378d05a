/** Files let go where no screen takes them go to the one that does: one picture to Single, more to Batch. */
import { useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import { useText } from '../i18n/language';
import { filesOfDrop } from '../screens/batch/files/dropped';
import { keepPending } from '../screens/start/pending';
import { isTaken } from '../ui/taken';
import { toast } from '../ui/toasts';
import { tabPath } from './routes';

export type Place = 'single' | 'batch' | 'nowhere';

/** A batch that is shown takes nothing more. */
export function placeFor(count: number, path: string): Place {
  if (count === 0 || path.startsWith(`${tabPath('batch')}/`)) return 'nowhere';
  return count === 1 ? 'single' : 'batch';
}

/** `inside`: somebody is here who may use these screens. */
export function useStrays(inside: boolean): void {
  const text = useText().shell;
  const [path, go] = useLocation();
  const take = (files: File[]) => {
    const place = placeFor(files.length, path);
    if (place === 'nowhere' || !inside) {
      if (files.length > 0) toast.bad(inside ? text.notInto : text.logInFirst);
    } else {
      keepPending(files);
      go(tabPath(place));
    }
  };
  const hand = useRef(take);
  useEffect(() => {
    hand.current = take;
  });
  useEffect(() => {
    const drop = ({ dataTransfer }: DragEvent) => {
      if (isTaken() || !dataTransfer?.types.includes('Files')) return;
      void filesOfDrop(dataTransfer)
        .then((files) => hand.current(files))
        .catch(() => undefined); // a part that is gone is told by whoever else needs it
    };
    window.addEventListener('drop', drop);
    return () => window.removeEventListener('drop', drop);
  }, []);
}
