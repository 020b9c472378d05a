"""Debian's Chromium driven by Playwright, and everything that a page must not do while it is driven."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "frontend/node_modules/axe-core/axe.min.js"
SCREENSHOTS = ROOT / "out/e2e-screenshots"
WIDTHS = {390: 844, 820: 1180, 1440: 900}
THEMES = ("light", "dark")
SERIOUS = ("serious", "critical")
_NAMES = ("chromium", "chromium-browser", "google-chrome")
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
def running_browser() -> Iterator[Browser]:
    executable = chromium()
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=executable, args=flags)
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
        if message.text.startswith("Failed to load resource") and self.expected:
            return  # its answer is judged below
        self.complaints.append(f"console {message.type}: {message.text} ({message.location.get('url')})")

    def _failed(self, request: Request) -> None:
        if request.failure != _LEFT:
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


def look_over(page: Page, name: str) -> list[str]:
    """Show the page at each width in each theme, keep the pictures, and say what is wrong with it."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    wrong: list[str] = []
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        for theme in THEMES:
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            settle(page)
            page.screenshot(path=SCREENSHOTS / f"{name}-{width}-{theme}.png", full_page=True)
            if width != 820:  # what is between them has nothing that those have not
                wrong += [f"{name} {width} {theme}: {each}" for each in axe_violations(page)]
        wrong += [f"{name} {width}: wider than the window: {each}" for each in too_wide(page)]
    return wrong
