/** Files for a batch: dropped, those in folders too, pasted, or picked. */
import { useEffect, useRef, useState } from 'react';
import { isKeyHeld } from '../../../ui/held';
import { takesFiles } from '../../../ui/taken';
import { filesOfDrop, isVisible } from './dropped';

/** Whether files are held above the page; what is let go or pasted is handed on. */
export function useFiles(onFiles: (files: File[]) => void): boolean {
  const [held, setHeld] = useState(false);
  const hand = useRef(onFiles);
  useEffect(() => {
    hand.current = onFiles;
  });
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      setHeld(true);
    };
    // Leaving the window names no place that is entered.
    const leave = (event: DragEvent) => event.relatedTarget === null && setHeld(false);
    const drop = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      setHeld(false);
      void filesOfDrop(event.dataTransfer).then((files) => hand.current(files));
    };
    const paste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])].filter(isVisible);
      if (files.length > 0 && !isKeyHeld()) hand.current(files);
    };
    const end = takesFiles();
    window.addEventListener('dragover', over);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    window.addEventListener('paste', paste);
    return () => {
      end();
      window.removeEventListener('dragover', over);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
      window.removeEventListener('paste', paste);
    };
  }, []);
  return held;
}
