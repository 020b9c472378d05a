import { afterEach, expect, test, vi } from 'vitest';
import { canCopyPictures, copyText } from './clipboard';

afterEach(() => vi.unstubAllGlobals());

/** A browser's old way, and what it was to copy. */
function oldWay(goes: boolean): string[] {
  const copied: string[] = [];
  document.execCommand = () => {
    const field = document.activeElement;
    if (field instanceof HTMLTextAreaElement) copied.push(field.value);
    return goes;
  };
  return copied;
}

test('without a clipboard a text is copied by selecting it, and the focus stays', async () => {
  vi.stubGlobal('navigator', {});
  const button = document.createElement('button');
  document.body.append(button);
  button.focus();
  const copied = oldWay(true);
  expect(await copyText('a link')).toBe(true);
  expect(copied).toEqual(['a link']);
  expect(document.activeElement).toBe(button);
  expect(document.querySelector('textarea')).toBeNull();
  expect(canCopyPictures()).toBe(false);
});

test('where neither goes, it is said', async () => {
  vi.stubGlobal('navigator', { clipboard: { writeText: () => Promise.reject(new Error('not allowed')) } });
  oldWay(false);
  expect(await copyText('a link')).toBe(false);
});

test('the clipboard is used where there is one', async () => {
  const writeText = vi.fn(async () => undefined);
  vi.stubGlobal('navigator', { clipboard: { writeText } });
  const copied = oldWay(true);
  expect(await copyText('a link')).toBe(true);
  expect(writeText).toHaveBeenCalledWith('a link');
  expect(copied).toEqual([]);
});
