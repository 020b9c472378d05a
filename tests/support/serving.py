"""`lumiku serve` as a process of its own, on a data folder of its own, and what it started."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import httpx

T = TypeVar("T")

HANG_S = 120.0  # nothing here takes as long on the busiest machine
LUMIKU = "from lumiku.cli.main import main; main()"
FAST = {  # cheap passwords, no limit on how often, no models needed
    "LUMIKU_ACCOUNTS__PASSWORD_MEMORY_KIB": "19456",
    "LUMIKU_ACCOUNTS__PASSWORD_ROUNDS": "2",
    "LUMIKU_HTTP__LOGIN_RATE": '{"requests": 100000, "period_s": 1, "burst": 100000}',
    "LUMIKU_SERVER__API_PROCESSES": "2",
}


class Serving:
    """One call of `lumiku serve`; `lines` is what it printed, `log` what it logged."""

    def __init__(
        self, *arguments: str, environment: Mapping[str, str] | None = None, program: str = LUMIKU
    ) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("LUMIKU_")}
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**kept, **FAST, **(environment or {})},
            start_new_session=True,
        )
        self.lines: list[str] = []
        self.log: list[str] = []
        self._readers = [
            threading.Thread(target=_collect, args=(stream, into), daemon=True)
            for stream, into in ((self.process.stdout, self.lines), (self.process.stderr, self.log))
        ]
        for reader in self._readers:
            reader.start()

    def wait_ready(self) -> str:
        """Its address, once it says so."""
        line = until(self._ready_line, lambda: f"not ready: {self.lines} {self.log}")
        return line.partition(" at ")[2].partition(" ")[0]

    def _ready_line(self) -> str | None:
        assert self.process.poll() is None, f"it ended: {self.lines} {self.log}"
        return next((line for line in self.lines if line.startswith("Lumiku is ready")), None)

    def children(self, word: str) -> list[int]:
        """The running processes right below it whose command has this word."""
        return [pid for pid in children_of(self.process.pid) if word in command_of(pid)]

    def wait_children(self, word: str, count: int, *, other_than: int = 0) -> list[int]:
        def enough() -> list[int] | None:
            pids = self.children(word)
            return pids if len(pids) == count and other_than not in pids else None

        return until(enough, lambda: f"{word}: {self.children(word)} {self.log[-20:]}")

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> int:
        """Its exit status after this signal."""
        self.process.send_signal(sign)
        return self.wait()

    def wait(self) -> int:
        status = self.process.wait(HANG_S)
        for reader in self._readers:
            reader.join(HANG_S)
        return status

    def end(self) -> None:
        """Whatever happened before, nothing is left."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.wait()
        for stream in (self.process.stdout, self.process.stderr):
            stream.close()


@contextmanager
def serving(*arguments: str, environment: Mapping[str, str] | None = None) -> Iterator[Serving]:
    started = Serving(*arguments, environment=environment)
    try:
        yield started
    finally:
        started.end()


@contextmanager
def data_folder() -> Iterator[Path]:
    """Not below pytest's own: that is closed to the account that PostgreSQL runs as when we are root."""
    parent = Path(tempfile.mkdtemp(prefix="lumiku-serve-", dir="/tmp"))
    parent.chmod(0o711)
    try:
        yield parent / "data"
    finally:
        shutil.rmtree(parent, ignore_errors=True)


def until(look: Callable[[], T | None], explain: Callable[[], str] = lambda: "", pause_s: float = 0.05) -> T:
    """What `look` gives once that is something."""
    end = time.monotonic() + HANG_S
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(pause_s)
    raise AssertionError(f"waited for {HANG_S} s: {explain()}")


def children_of(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in found.split()]


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def below(pid: int) -> set[int]:
    """All its descendants."""
    direct = set(children_of(pid))
    return direct.union(*(below(child) for child in direct)) if direct else set()


def alive(pid: int) -> bool:
    """Running, and no zombie that only waits to be buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except OSError:
        return False


def answers(url: str, path: str = "/health/live") -> bool:
    try:
        return httpx.get(url + path, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def register(client: httpx.Client, address: str) -> int:
    answer = client.post(
        "/api/auth/register", json={"email": address, "password": "correct horse battery", "name": "A"}
    )
    return answer.status_code


def _collect(stream: object, into: list[str]) -> None:
    into.extend(line.rstrip("\n") for line in stream)  # type: ignore[attr-defined]
