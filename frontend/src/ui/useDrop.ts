/** Files dropped or pasted anywhere on the page. */
import { useEffect, useRef, useState } from 'react';
import { useText } from '../i18n/language';
import { isKeyHeld } from './held';
import { takesFiles } from './taken';
import { toast } from './toasts';

/** Whether files are held above the page; what is let go or pasted is handed on. */
export function useDrop(onFiles: (files: File[]) => void): boolean {
  const [dragging, setDragging] = useState(false);
  const { folder } = useText().start.hero;
  const hand = useRef(onFiles);
  const said = useRef(folder);
  useEffect(() => {
    hand.current = onFiles;
    said.current = folder;
  });
  useEffect(() => {
    let depth = 0;
    const set = (next: number) => {
      depth = Math.max(0, next);
      setDragging(depth > 0);
    };
    const listeners = {
      dragenter: (event: DragEvent) => hasFiles(event) && set(depth + 1),
      dragleave: (event: DragEvent) => hasFiles(event) && set(depth - 1),
      dragover: (event: DragEvent) => hasFiles(event) && event.preventDefault(),
      drop: (event: DragEvent) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        set(0);
        const { files, folders } = filesAndFolders(event.dataTransfer);
        if (folders) toast.bad(said.current);
        if (files.length > 0) hand.current(files);
      },
      paste: (event: ClipboardEvent) => {
        const files = [...(event.clipboardData?.files ?? [])];
        if (files.length > 0 && !isKeyHeld()) hand.current(files);
      },
    };
    const leave = takesFiles();
    const entries = Object.entries(listeners) as [string, EventListener][];
    for (const [name, listener] of entries) window.addEventListener(name, listener);
    return () => {
      leave();
      for (const [name, listener] of entries) window.removeEventListener(name, listener);
    };
  }, []);
  return dragging;
}

/** A folder passes for a file, which cannot be read. */
export function filesAndFolders(transfer: DataTransfer | null): { files: File[]; folders: boolean } {
  const items = [...(transfer?.items ?? [])].filter(({ kind }) => kind === 'file');
  const isFolder = items.map((item) => item.webkitGetAsEntry?.()?.isDirectory ?? false);
  return {
    files: [...(transfer?.files ?? [])].filter((_, at) => !isFolder[at]),
    folders: isFolder.includes(true),
  };
}

function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false;
}
