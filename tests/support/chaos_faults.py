"""What goes wrong with a server on purpose: deaths of its processes, a full disk, a bucket that errs."""

import asyncio
import os
import random
import signal
import socket
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from support.cutting_s3 import S3Proxy
from support.serving import Serving, alive, below, children_of, command_of, until

PROGRAM = "from support.chaos_serve import main; main()"
_GONE_S = 5.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Victim:
    """A server on a data folder that is struck, and started again when it is gone.

    `disk` is the folder of a disk that may be filled; `bucket` stands before its files.
    """

    data: Path
    environment: Mapping[str, str]
    chosen: random.Random
    disk: Path | None = None
    bucket: S3Proxy | None = None
    port: int = field(default_factory=free_port)
    strikes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    _serving: Serving | None = None

    @property
    def serving(self) -> Serving:
        assert self._serving is not None
        return self._serving

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Run, whatever it takes; as a service manager would, again after it has given up."""
        for _ in range(20):
            arguments = ("serve", "--port", str(self.port), "--data", str(self.data))
            self._serving = Serving(*arguments, environment=self.environment, program=PROGRAM)
            with suppress(AssertionError):
                await asyncio.to_thread(self._serving.wait_ready)
                return
            self.strikes["start failed"] += 1
            await asyncio.to_thread(self._serving.end)
            await asyncio.sleep(0.5)
        raise AssertionError(f"it never starts again: {self.serving.lines} {self.serving.log[-30:]}")

    async def be_struck(self, seconds: float) -> None:
        """By everything in some order, a second or so between; again until the time is over.

        With no time at all, by each thing once.
        """
        end = time.monotonic() + seconds
        while True:
            kinds = self._kinds() if seconds else list(dict.fromkeys(self._kinds()))
            self.chosen.shuffle(kinds)
            for kind in kinds:
                if self.serving.process.poll() is not None:
                    self.strikes["gave up by itself"] += 1
                    await self.start()
                await self.strike(kind)
                await asyncio.sleep(self.chosen.uniform(0.3, 1.8))
            if time.monotonic() > end:
                return

    def _kinds(self) -> list[str]:
        kinds = ["engine", "engine", "worker", "worker", "api", "api", "postgres", "supervisor"]
        kinds += ["disk"] * 2 if self.disk is not None else []
        return kinds + ["bucket"] * 3 if self.bucket is not None else kinds

    async def strike(self, kind: str) -> None:
        match kind:
            case "supervisor":
                await self._kill_all()
            case "disk":
                await self._fill_disk()
            case "bucket":
                await self._spoil_bucket()
            case _:
                self._kill_one(kind)

    def _kill_one(self, kind: str) -> None:
        with suppress(FileNotFoundError, ProcessLookupError):
            word = {"postgres": "postgres", "api": "chaos_serve api"}.get(kind, "chaos_serve worker")
            pids = self.serving.children(word)
            if kind == "engine":
                pids = [each for pid in pids for each in children_of(pid)]
            if pids:
                os.kill(self.chosen.choice(pids), signal.SIGKILL)
                self.strikes[kind] += 1

    async def _kill_all(self) -> None:
        """The supervisor; what it started has to go with it."""
        with suppress(FileNotFoundError):
            family = below(self.serving.process.pid)
            self.serving.process.kill()
            await asyncio.to_thread(self.serving.process.wait)
            self.strikes["supervisor"] += 1
            self.wrong += await who_outlives(family, _GONE_S)
        await asyncio.to_thread(until, lambda: not any(map(alive, family)))
        await asyncio.to_thread(self.serving.end)
        await self.start()

    async def _fill_disk(self) -> None:
        assert self.disk is not None
        filler = self.disk / "filler"
        with filler.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(1 << 16))
        self.strikes["disk"] += 1
        await asyncio.sleep(self.chosen.uniform(0.2, 1.5))
        filler.unlink()

    async def _spoil_bucket(self) -> None:
        assert self.bucket is not None
        self.bucket.bad = self.chosen.uniform(0.05, 0.6)
        self.strikes["bucket"] += 1
        await asyncio.sleep(self.chosen.uniform(0.5, 3))
        self.bucket.bad = 0.0


async def who_outlives(family: Iterable[int], patience_s: float) -> list[str]:
    """Of processes that have to go with their supervisor, those that are still there after a while."""
    end = time.monotonic() + patience_s
    while (left := [pid for pid in family if alive(pid)]) and time.monotonic() < end:
        await asyncio.sleep(0.05)
    return [f"{command_of(pid)} outlived the supervisor" for pid in left]


def resident_mb(pid: int) -> float | None:
    """What a process holds of its own; None: it has gone."""
    with suppress(OSError, IndexError):
        resident, shared = Path(f"/proc/{pid}/statm").read_text().split()[1:3]
        return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE") / 1e6
    return None
