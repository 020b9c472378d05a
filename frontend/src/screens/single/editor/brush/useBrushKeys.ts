/** The brush by keyboard: its size, keep or erase, undo and redo, and moving the picture while Space is held. */
import type { FocusEvent, KeyboardEvent } from 'react';
import type { Mode } from './strokes';

const STEP = 1.25;
export const SIZE = { least: 2, first: 20, most: 100 };

interface Moved {
  brush: { undo: () => void; redo: () => void };
  setMode: (next: (before: Mode) => Mode) => void;
  setSize: (next: (before: number) => number) => void;
  setMoving: (moving: boolean) => void;
}

export function smaller(size: number): number {
  return Math.max(SIZE.least, Math.min(size - 1, Math.round(size / STEP)));
}

export function larger(size: number): number {
  return Math.min(SIZE.most, Math.max(size + 1, Math.round(size * STEP)));
}

export function useBrushKeys({ brush, setMode, setSize, setMoving }: Moved) {
  const command = (event: KeyboardEvent): boolean => {
    const key = event.key.toLowerCase();
    if (key !== 'z' && key !== 'y') return false;
    if (key === 'y' || event.shiftKey) brush.redo();
    else brush.undo();
    return true;
  };
  const plain = (event: KeyboardEvent): boolean => {
    switch (event.key) {
      case '[':
        setSize(smaller);
        return true;
      case ']':
        setSize(larger);
        return true;
      case 'x':
      case 'X':
        setMode((before) => (before === 'keep' ? 'erase' : 'keep'));
        return true;
      case ' ':
        // Elsewhere it presses what has the focus.
        if (!(event.target instanceof HTMLElement && event.target.tagName === 'SECTION')) return false;
        setMoving(true);
        return true;
      default:
        return false;
    }
  };
  return {
    onKeyDown: (event: KeyboardEvent) => {
      const taken = event.ctrlKey || event.metaKey ? command(event) : !event.altKey && plain(event);
      if (taken) event.preventDefault();
    },
    onKeyUp: (event: KeyboardEvent) => event.key === ' ' && setMoving(false),
    onBlur: (_: FocusEvent) => setMoving(false),
  };
}
