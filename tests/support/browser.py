"""Debian's Chromium driven by Playwright, and everything that a page must not do while it is driven."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Error,
    Page,
    Request,
    Response,
    Route,
    sync_playwright,
)

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "frontend/node_modules/axe-core/axe.min.js"
SCREENSHOTS = ROOT / "out/e2e-screenshots"
WIDTHS = {390: 844, 820: 1180, 1440: 900}
THEMES = ("light", "dark")
GLANCE = ((390, "light"), (1440, "dark"))
SERIOUS = ("serious", "critical")
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_UPLOADS = "**/batch/*/items/*"
_HELD: dict[Page, list[Route]] = {}
_LEFT = "net::ERR_ABORTED"  # the page went on before it was answered


def chromium() -> str:
    """Where it is; without one the test is skipped, and says what to install."""
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium here: `scripts/setup browser` or `apt-get install chromium`")
    if not AXE.is_file():
        pytest.skip("axe-core is not here: `.venv/bin/python frontend/make.py install`")
    return found


@contextmanager
def running_browser(*more_flags: str, without: Sequence[str] = ()) -> Iterator[Browser]:
    """With these flags, and without those of Playwright's."""
    executable = chromium()
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", *more_flags]
        browser = playwright.chromium.launch(
            executable_path=executable, args=flags, ignore_default_args=list(without)
        )
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Watch:
    """What went wrong in a page: console errors, exceptions, requests that failed or were refused."""

    page: Page
    expected: set[tuple[int, str]] = field(default_factory=set)  # refusals that a test is about
    complaints: list[str] = field(default_factory=list)
    cut: bool = False  # the line is, by the test: no request has to arrive

    def __post_init__(self) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"exception: {error}"))
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._answered)

    def expect(self, status: int, path: str) -> None:
        """Refusals of addresses that begin so are what the test wants to see."""
        self.expected.add((status, path))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        if message.text.startswith("Failed to load resource") and (self.expected or self.cut):
            return  # its answer is judged below
        self.complaints.append(f"console {message.type}: {message.text} ({message.location.get('url')})")

    def _failed(self, request: Request) -> None:
        if request.failure != _LEFT and not self.cut:
            self.complaints.append(f"failed: {request.method} {request.url}: {request.failure}")

    def _answered(self, answer: Response) -> None:
        path = answer.url.partition("://")[2].partition("/")[2].partition("?")[0]
        known = any(
            answer.status == status and f"/{path}".startswith(start) for status, start in self.expected
        )
        if answer.status >= 400 and not known:
            self.complaints.append(f"{answer.status}: {answer.request.method} {answer.url}")


def axe_violations(page: Page) -> list[str]:
    """What axe-core finds serious or critical, each with where it is."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate(
        "axe.run(document, {resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', "
        "'wcag21aa', 'wcag22aa', 'best-practice']})"
    )
    return [
        f"{each['impact']} {each['id']}: {node['target']} {node.get('failureSummary', '')}"
        for each in found["violations"]
        if each["impact"] in SERIOUS
        for node in each["nodes"]
    ]


def settle(page: Page) -> None:
    """Until the screen is there, and nothing loads or moves any more."""
    page.wait_for_function(
        """() => document.fonts.status === 'loaded' && document.querySelector('main h1, main h2')
          && !document.querySelector('[class*="skeleton"], [class*="loading"]')
          && [...document.images].every((each) => each.complete || each.loading === 'lazy')
          && document.getAnimations().every((each) => each.playState !== 'running'
             || each.effect.getComputedTiming().iterations === Infinity)"""
    )


def too_wide(page: Page) -> list[str]:
    """What makes the page scroll sideways."""
    return page.evaluate(
        """() => document.documentElement.scrollWidth <= window.innerWidth ? [] :
          [...document.querySelectorAll('body *')]
            .filter((each) => each.getBoundingClientRect().right > window.innerWidth + 1)
            .slice(0, 5).map((each) => `${each.tagName}.${each.className}`)"""
    )


def moving(page: Page) -> list[str]:
    """What moves although the person asked for nothing to."""
    return page.evaluate(
        """() => document.getAnimations().filter((each) => {
            const {duration, iterations} = each.effect.getComputedTiming();
            return each.playState === 'running' && (duration > 1 || iterations === Infinity);
          }).map((each) => `${each.animationName ?? each.id} of ${each.effect.target?.className}`)"""
    )


def look_over(page: Page, name: str) -> list[str]:
    """Show the page at each width in each theme, keep the pictures, and say what is wrong with it."""
    looks = [(width, theme) for width in WIDTHS for theme in THEMES]
    return [each for width, theme in looks for each in look_at(page, name, width, theme)]


def glance(page: Page, name: str) -> list[str]:
    """The same, once on a phone and once on a wide screen."""
    return [each for width, theme in GLANCE for each in look_at(page, name, width, theme)]


def look_at(page: Page, name: str, width: int, theme: str, *, axe: bool = True) -> list[str]:
    """At one width in one theme, for somebody who wants nothing to move."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.set_viewport_size({"width": width, "height": WIDTHS[width]})
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    settle(page)
    page.screenshot(path=SCREENSHOTS / f"{name}-{width}-{theme}.png", full_page=True)
    wrong = [f"moves: {each}" for each in moving(page)]
    wrong += [f"wider than the window: {each}" for each in too_wide(page)]
    if axe and (width, theme) in GLANCE:  # each width that differs and each theme, once
        wrong += axe_violations(page)
    return [f"{name} {width} {theme}: {each}" for each in wrong]


def drop(page: Page, *paths: Path, at: tuple[int, int]) -> None:
    """Let files and folders go above the page, as from the system's file manager."""
    session = page.context.new_cdp_session(page)
    held = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, "x": at[0], "y": at[1], "data": held})
    session.detach()


def hold_uploads_back(page: Page, after: int) -> None:
    """Let so many files of a batch through; the others wait until `let_uploads_go`."""
    seen, held = 0, _HELD.setdefault(page, [])

    def handle(route: Route) -> None:
        nonlocal seen
        seen += 1
        if seen <= after:
            route.continue_()
        else:
            held.append(route)

    page.route(_UPLOADS, handle)


def let_uploads_go(page: Page) -> None:
    """Those that wait, and all that come."""
    page.unroute(_UPLOADS)
    for route in _HELD.pop(page, []):
        with suppress(Error):  # the page has given it up
            route.continue_()
