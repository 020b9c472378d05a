/** Focus that goes down with what had it lands on what is left around it: keyboards and screen readers stay in place. */
export function keepFocus(): void {
  let around: Element[] = []; // what has the focus, and all that it lies in
  document.addEventListener('focusin', ({ target }) => {
    if (target instanceof Element && !isAbove(target)) around = withAncestors(target);
  });
  document.addEventListener('focusout', ({ target, relatedTarget }) => {
    if (relatedTarget !== null || (target instanceof Element && isAbove(target))) return;
    // Somebody clicked beside it; what is removed is gone by then.
    queueMicrotask(() => {
      if (around[0]?.isConnected && document.hasFocus()) around = [];
    });
  });
  new MutationObserver(() => {
    if (around.length === 0 || around[0]?.isConnected || document.activeElement !== document.body) return;
    const left = around.find((each) => each.isConnected && each.closest('main') !== null);
    const place = left ?? document.querySelector('main');
    if (place instanceof HTMLElement) land(place);
  }).observe(document.body, { childList: true, subtree: true });
}

/** In a dialog or menu: they give the focus back themselves. */
function isAbove(element: Element): boolean {
  return element.closest('[role="dialog"], [role="menu"]') !== null;
}

function withAncestors(element: Element): Element[] {
  const all: Element[] = [];
  for (let each: Element | null = element; each; each = each.parentElement) all.push(each);
  return all;
}

function land(place: HTMLElement): void {
  if (!place.hasAttribute('tabindex')) {
    place.tabIndex = -1;
    place.addEventListener('blur', () => place.removeAttribute('tabindex'), { once: true });
  }
  place.focus({ preventScroll: true });
}
