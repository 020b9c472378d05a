/** The window's title, which screen readers read first. */
import { useEffect } from 'react';

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title === 'Lumiku' ? title : `${title} · Lumiku`;
  }, [title]);
}
