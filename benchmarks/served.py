"""`lumiku serve` in a process of its own, with somebody who is logged in, for the benchmarks over HTTP."""

import os
import signal
import sys
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import UUID

import httpx
import psycopg

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from lumiku.postgres.urls import embedded_urls
from support.serving import Serving, below, command_of

API = "/api/background-remover"
PLENTY = '{"requests": 1000000, "period_s": 1, "burst": 1000000}'
ENVIRONMENT = {
    "LUMIKU_SERVER__API_PROCESSES": "1",
    "LUMIKU_CREDITS__WELCOME_BONUS": "1000000",
    "LUMIKU_REMOVALS__MAX_BATCH_BYTES": "20000000000",
    **{f"LUMIKU_HTTP__{kind}_RATE": PLENTY for kind in ("BATCH", "STATUS", "UPLOAD", "SINGLE")},
}


class Server:
    """`lumiku serve` with one API process, and somebody who is logged in."""

    def __init__(
        self, data: Path, environment: Mapping[str, str] | None = None, *, watched: bool = False
    ) -> None:
        """Start it; `watched`, the API process's memory is looked at all the time, which costs time."""
        self._data = data
        self.serving = Serving(
            "serve", "--port", "0", "--data", str(data), environment={**ENVIRONMENT, **(environment or {})}
        )
        self.url = self.serving.wait_ready()
        self.client = self.account("bench@example.com")
        (self._api,) = self.serving.children("child api")
        self._peak_mb, self._done = 0.0, threading.Event()
        self._watcher = threading.Thread(target=self._watch)
        if watched:
            self._watcher.start()

    def account(self, address: str) -> httpx.Client:
        """A client that is logged in; the account is made if it is missing."""
        client = httpx.Client(base_url=self.url, timeout=3600)
        person = {"email": address, "password": "correct horse battery", "name": "B"}
        client.post("/api/auth/register", json=person)
        del person["name"]
        token = client.post("/api/auth/login", json=person).json()["token"]
        client.headers["Authorization"] = f"Bearer {token}"
        return client

    def ends(self, tier: str = "standard") -> list[tuple[datetime, UUID]]:
        """When each picture of a tier that was begun had ended, however, and whose it was; in order."""
        with psycopg.connect(embedded_urls(self._data).app) as connection:
            return connection.execute(
                "SELECT completed_at, user_id FROM background_removal_jobs"
                " WHERE completed_at IS NOT NULL AND started_at IS NOT NULL AND tier = %s"
                " ORDER BY completed_at",
                [tier],
            ).fetchall()

    def memory_mb(self, *, peak: bool = False) -> float:
        """Proportional set size, so that libraries that the worker has too count once."""
        return self._peak_mb if peak else pss_mb(self._api)

    def workers(self) -> dict[str, int]:
        """The worker's process and those of its engines, by what they are."""
        found = {}
        for worker in self.serving.children("child worker"):
            found[f"worker {worker}"] = worker
            found |= {f"engine {pid}": pid for pid in below(worker) if "inference_child" in command_of(pid)}
        return found

    def freeze_workers(self) -> None:
        """Work is done by the benchmark instead."""
        for worker in self.serving.children("child worker"):
            os.kill(worker, signal.SIGSTOP)

    def thaw_workers(self) -> None:
        """They go on."""
        for worker in self.serving.children("child worker"):
            os.kill(worker, signal.SIGCONT)

    def _watch(self) -> None:
        while not self._done.wait(0.02):
            self._peak_mb = max(self._peak_mb, self.memory_mb())

    def __enter__(self) -> "Server":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.thaw_workers()
        self._done.set()
        if self._watcher.is_alive():
            self._watcher.join()
        self.client.close()
        self.serving.end()


def pss_mb(pid: int) -> float:
    """Proportional set size of a process, in MiB."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(rollup.partition("Pss:")[2].split()[0]) / 1024


def answered(answer: httpx.Response, status: int) -> Any:
    """The answer's JSON, or the end of the benchmark."""
    if answer.status_code != status:
        raise SystemExit(f"{answer.request.url}: {answer.status_code} {answer.text[:500]}")
    return answer.json()
