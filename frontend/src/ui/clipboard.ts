/** The clipboard, which browsers give in full to encrypted pages alone. */

/** Whether it was copied. */
export async function copyText(value: string): Promise<boolean> {
  if (!navigator.clipboard?.writeText) return copiedBySelecting(value);
  return navigator.clipboard.writeText(value).then(
    () => true,
    () => copiedBySelecting(value),
  );
}

export function canCopyPictures(): boolean {
  return typeof ClipboardItem !== 'undefined' && navigator.clipboard?.write !== undefined;
}

/** The way of old, which any page may go while a click is handled. */
function copiedBySelecting(value: string): boolean {
  const before = document.activeElement;
  const field = document.createElement('textarea');
  field.value = value;
  field.className = 'visually-hidden';
  // Beside what was pressed: outside of an open dialog nothing can be selected.
  (before?.parentElement ?? document.body).append(field);
  field.focus();
  field.select();
  try {
    return document.execCommand('copy');
  } catch {
    return false;
  } finally {
    field.remove();
    if (before instanceof HTMLElement) before.focus();
  }
}
