"""One server with real models for all journeys, and a browser for each module."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

pytest.importorskip("playwright", reason="Playwright is not here")
if sys.platform != "linux":
    pytest.skip("journeys are driven on Linux", allow_module_level=True)

from playwright.sync_api import Browser, expect

from support.browser import chromium, running_browser
from support.site import Site, Visit, register_person, running_site, visiting

expect.set_options(timeout=60_000)  # a page waits for the engine, and no test asserts a time


@pytest.fixture(scope="package")
def site() -> Iterator[Site]:
    chromium()  # before a server is started for nothing
    with running_site() as started:
        yield started


# For a module at most: while it is there, the thread has a running loop, and asynchronous tests need one.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as started:
        yield started


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Callable[..., Visit]]:
    """Opens pages for people; at the end none of them may have complained."""
    with ExitStack() as stack:
        visits: list[Visit] = []

        def open_one(*, email: str | None = None, language: str = "en-GB") -> Visit:
            visits.append(stack.enter_context(visiting(browser, site, email=email, language=language)))
            return visits[-1]

        yield open_one
        complaints = [each for one in visits for each in one.watch.complaints]
    assert complaints == []


@pytest.fixture
def person(visit: Callable[..., Visit], site: Site) -> Visit:
    """A new account at a page of its own."""
    return visit(email=register_person(site))
