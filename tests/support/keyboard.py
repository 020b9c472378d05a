"""A page used by keyboard alone: where the focus is, whether it shows, and the way to the next thing."""

from typing import TypedDict

from playwright.sync_api import Page

_FOCUSED = """async () => {
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  const at = document.activeElement;
  if (!at || at === document.body || at === document.documentElement) return null;
  const name = at.getAttribute('aria-label')
    || [...(at.labels ?? [])].map((label) => label.innerText).join(' ') || at.innerText || at.title || '';
  const marked = [at, ...(at.labels ?? []), at.nextElementSibling, at.parentElement].filter(Boolean);
  const outlined = (each) => {
    const style = getComputedStyle(each);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
  };
  const box = at.getBoundingClientRect();
  const inSight = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return {name: name.replace(/\\s+/g, ' ').trim(), shows: inSight && marked.some(outlined)};
}"""


class Focused(TypedDict):
    name: str
    shows: bool


def focused(page: Page) -> Focused | None:
    """What has the focus, and whether one sees that; None: nothing has it."""
    found: Focused | None = page.evaluate(_FOCUSED)
    return found


def tab_to(page: Page, name: str, *, back: bool = False, most: int = 40) -> None:
    """Press Tab until what begins so has the focus; at every stop on the way the focus has to be seen."""
    passed: list[str] = []
    for _ in range(most):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        now = focused(page)
        if now is None:
            passed.append("(nothing)")  # from the page's end to its beginning
            continue
        assert now["shows"], f"the focus is on {now['name']!r} and does not show"
        if now["name"].startswith(name):
            return
        passed.append(now["name"])
    raise AssertionError(f"no way to {name!r} by Tab: {passed}")
