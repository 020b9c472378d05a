"""A server with real models for browsers, and people who are logged in there."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote
from uuid import uuid4

import httpx
from playwright.sync_api import APIResponse, Browser, BrowserContext, Page

from lumiku.bootstrap import Services, open_services
from lumiku.core.settings import ServerSettings
from lumiku.settings import Settings
from support.browser import Watch
from support.duitku_server import KEY, MERCHANT, Duitku, duitku_server
from support.real_weights import settings_with
from support.serving import FAST, Serving, below, command_of, data_folder, serving, until

PASSWORD = "correct horse battery"
REMOVER = "/apps/background-remover"
API = "/api/background-remover"
ASKING_S = 0.4  # between two questions: a person's are limited
_numbers = count(1)
T = TypeVar("T")


@dataclass(frozen=True)
class Site:
    """One `lumiku serve`, its administrator, and a Duitku that it could be paid by."""

    url: str
    data: Path
    process: Serving
    admin: str
    duitku: Duitku

    def behind(self, act: Callable[[Services], Awaitable[T]]) -> T:
        """What no page can do, such as have time pass: the product's own code on the server's own data."""
        settings = Settings(server=ServerSettings(data=self.data))

        async def run() -> T:
            async with open_services(settings) as services:
                return await act(services)

        with ThreadPoolExecutor(1) as pool:  # a browser's loop may run in this thread
            return pool.submit(asyncio.run, run()).result()


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

    def change(self, path: str, wanted: object, method: str = "POST") -> dict:
        """Have this session change something, as its page would."""
        return self._send(method, path, data=wanted)

    def remove(self, name: str, picture: bytes, tier: str = "basic") -> dict:
        """The job of a picture that is handed in, when it is over."""
        file = {"name": name, "mimeType": "image/jpeg", "buffer": picture}
        job = self._send("POST", f"{API}/remove", multipart={"tier": tier, "image": file})["job"]

        def over() -> dict | None:
            now = self.read(f"{API}/jobs/{job['id']}")["job"]
            return now if now["status"] not in {"pending", "processing"} else None

        return until(over, pause_s=ASKING_S)

    def remove_all(self, pictures: Mapping[str, bytes], name: str, tier: str = "basic") -> dict:
        """The batch of these, when it is over."""
        files = [{"name": each, "size": len(held)} for each, held in pictures.items()]
        declared = self.change(f"{API}/batch/uploads", {"files": files, "tier": tier, "name": name})
        address = f"{API}/batch/{declared['batch']['id']}"
        for position, held in enumerate(pictures.values()):
            self.change(f"{address}/items/{position}", held, "PUT")
        self.change(f"{address}/start", {"skipMissing": True})

        def over() -> dict | None:
            batch = self.read(address)["batch"]
            return batch if batch["status"] not in {"pending", "processing"} else None

        return until(over, pause_s=ASKING_S)

    def _send(self, method: str, path: str, **body: object) -> dict:
        csrf = next(each["value"] for each in self.context.cookies() if each["name"] == "lumiku_csrf")
        headers = {"X-CSRF-Token": unquote(csrf), "Idempotency-Key": str(uuid4())}
        answer = self.context.request.fetch(self.site.url + path, method=method, headers=headers, **body)
        assert answer.ok, answer.text()
        return answer.json()


@contextmanager
def running_site() -> Iterator[Site]:
    models = settings_with("u2netp")  # skips the test where they are missing
    with duitku_server() as duitku, data_folder() as data:
        environment = {
            "LUMIKU_ENGINE__OFFLINE": "true",
            "LUMIKU_ENGINE__MODELS_DIR": str(models.models_dir),
            "LUMIKU_SERVER__API_PROCESSES": "1",
            "LUMIKU_PAYMENTS__DUITKU__MERCHANT_CODE": MERCHANT,  # new invoices are still paid by hand
            "LUMIKU_PAYMENTS__DUITKU__API_KEY": KEY,
            "LUMIKU_PAYMENTS__DUITKU__URL": duitku.url,
            "LUMIKU_WEBHOOKS__ALLOW_HTTP": "true",
            "LUMIKU_WEBHOOKS__ALLOW_PRIVATE_ADDRESSES": "true",
        }
        arguments = ("serve", "--port", "0", "--data", str(data))
        with serving(*arguments, environment=environment) as server:
            url = server.wait_ready()
            admin = "admin@example.org"
            _create_admin(admin, data)
            yield Site(url, data, server, admin, duitku)


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


@contextmanager
def standing_still(site: Site) -> Iterator[None]:
    """No model looks at anything meanwhile."""
    pids = [pid for pid in below(site.process.process.pid) if "inference_child" in command_of(pid)]
    assert pids != []
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def log_in_again(person: Visit) -> None:
    """On the form that takes the place of a screen whose session has ended."""
    form = person.page.get_by_role("main")
    form.get_by_label("E-mail address").fill(person.email)
    form.get_by_role("textbox", name="Password").fill(PASSWORD)
    form.get_by_role("button", name="Log in").click()


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
