"""A server with real models for browsers, and people who are logged in there."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import unquote
from uuid import uuid4

import httpx
from playwright.sync_api import APIResponse, Browser, BrowserContext, Page

from support.browser import Watch
from support.real_weights import settings_with
from support.serving import FAST, Serving, data_folder, serving

PASSWORD = "correct horse battery"
REMOVER = "/apps/background-remover"
_numbers = count(1)


@dataclass(frozen=True)
class Site:
    """One `lumiku serve`, and its administrator."""

    url: str
    data: Path
    process: Serving
    admin: str


@dataclass(frozen=True)
class Visit:
    """Somebody at a page; whatever it did wrong is in `watch`."""

    site: Site
    context: BrowserContext
    page: Page
    watch: Watch
    email: str

    def go(self, path: str) -> None:
        self.page.goto(self.site.url + path, wait_until="load")

    def read(self, path: str) -> dict:
        """What the API tells this very session."""
        answer: APIResponse = self.context.request.get(self.site.url + path)
        assert answer.ok, answer.text()
        return answer.json()

    def change(self, path: str, wanted: dict) -> dict:
        """Have this session change something, as its page would."""
        csrf = next(each["value"] for each in self.context.cookies() if each["name"] == "lumiku_csrf")
        headers = {"X-CSRF-Token": unquote(csrf), "Idempotency-Key": str(uuid4())}
        answer = self.context.request.post(self.site.url + path, data=wanted, headers=headers)
        assert answer.ok, answer.text()
        return answer.json()


@contextmanager
def running_site() -> Iterator[Site]:
    models = settings_with("u2netp")  # skips the test where they are missing
    environment = {
        "LUMIKU_ENGINE__OFFLINE": "true",
        "LUMIKU_ENGINE__MODELS_DIR": str(models.models_dir),
        "LUMIKU_SERVER__API_PROCESSES": "1",
    }
    with (
        data_folder() as data,
        serving("serve", "--port", "0", "--data", str(data), environment=environment) as server,
    ):
        url = server.wait_ready()
        admin = "admin@example.org"
        _create_admin(admin, data)
        yield Site(url, data, server, admin)


def _create_admin(email: str, data: Path) -> None:
    command = [sys.executable, "-c", "from lumiku.cli.main import main; main()", "user", "create", email]
    subprocess.run(
        [*command, "--name", "Ayu", "--admin", "--password-stdin", "--data", str(data)],
        input=PASSWORD + "\n",
        text=True,
        check=True,
        capture_output=True,
        env={"PATH": "/usr/bin:/bin", **FAST},
    )


@contextmanager
def visiting(
    browser: Browser, site: Site, *, email: str | None = None, language: str = "en-GB"
) -> Iterator[Visit]:
    """Somebody new to the site, or who has an account and is logged in."""
    context = browser.new_context(
        locale=language,
        viewport={"width": 1280, "height": 900},
        accept_downloads=True,
        reduced_motion="reduce",
    )
    context.set_default_timeout(60_000)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    try:
        if email is not None:
            answer = context.request.post(
                f"{site.url}/api/auth/login",
                data={"email": email, "password": PASSWORD, "session": "cookie"},
            )
            assert answer.ok, answer.text()
        page = context.new_page()
        yield Visit(site, context, page, Watch(page), email or "")
    finally:
        context.close()


def new_address() -> str:
    return f"visitor{next(_numbers)}@example.org"


def register_person(site: Site, name: str = "Budi") -> str:
    """An account with the welcome bonus; its address."""
    email = new_address()
    answer = httpx.post(
        f"{site.url}/api/auth/register", json={"email": email, "password": PASSWORD, "name": name}, timeout=60
    )
    assert answer.status_code == 201, answer.text
    return email
