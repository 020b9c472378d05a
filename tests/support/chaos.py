"""A run of chaos: load, strikes, recovery, calm, and what is wrong then."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from pydantic import SecretStr

from lumiku.core.db import Database
from lumiku.core.settings import DatabaseSettings
from lumiku.credits.ledger import grant
from lumiku.postgres.urls import embedded_urls
from lumiku.storage.open import open_storage
from lumiku.storage.settings import StorageSettings
from support.api import PLENTY
from support.chaos_checks import what_broke, what_grew
from support.chaos_faults import Victim, resident_mb
from support.chaos_load import Customer, Promised, together
from support.database import query

CUSTOMERS = 4
ENVIRONMENT = {
    "PYTHONPATH": str(Path(__file__).parents[1]),
    "LUMIKU_WORKER__INFERENCE_PROCESSES": "2",
    "LUMIKU_WORKER__WARM": "[]",
    "LUMIKU_LOG__FORMAT": "json",
    **{f"LUMIKU_HTTP__{kind}_RATE": str(PLENTY) for kind in ("SINGLE", "BATCH", "UPLOAD", "STATUS", "LOGIN")},
}
_UNENDED = (
    "SELECT count(*) FROM background_removal_jobs"
    " WHERE status IN ('pending', 'processing') AND queued_at IS NOT NULL"
)


_PATIENCE_S = 150.0  # without anything coming to an end; a lost job is looked for every minute


@dataclass
class Outcome:
    """What a run came to."""

    wrong: list[str]
    strikes: Mapping[str, int]
    ends: Mapping[str, int]
    promised: Promised
    before_mb: Mapping[int, float]
    after_mb: Mapping[int, float]
    times: list[tuple[str, float]]

    def __str__(self) -> str:
        memory = [f"{held:.0f} -> {self.after_mb.get(pid, 0):.0f}" for pid, held in self.before_mb.items()]
        told = f"answers {dict(self.promised.answers)}, acts {dict(self.promised.acts)}"
        told += f", memory in calm {memory} MB"
        times = [f"{word} {seconds:.0f} s" for word, seconds in self.times]
        return f"{', '.join(times)}; strikes {dict(self.strikes)}, jobs {dict(self.ends)}, {told}"


async def run_chaos(victim: Victim, seconds: float, storage: StorageSettings) -> Outcome:
    """Strike for so long; then wait for all work to end, and look."""
    clock = _Clock()
    await victim.start()
    clock.tell("start")
    url = embedded_urls(victim.data).app
    db = Database(url, DatabaseSettings(url=SecretStr(url)))
    try:
        async with _customers(victim, db) as (customers, over):
            asking = [asyncio.create_task(each.ask_on()) for each in customers]
            await victim.be_struck(seconds)
            clock.tell("strikes")
            over.set()
            await asyncio.gather(*asking)
            clock.tell("last answers")
            if victim.serving.process.poll() is not None:
                await victim.start()
            await _all_ended(url)
            clock.tell("recovery")
            before_mb, after_mb = await _calm(victim, customers, over, seconds / 8)
            await _all_ended(url)
        clock.tell("calm")
        promised = together([each.promised for each in customers])
        broke = await what_broke(db, open_storage(storage, victim.data), promised)
        ends = query(url, "SELECT status, count(*) FROM background_removal_jobs GROUP BY status")
        grew = what_grew(before_mb, after_mb) if seconds else []  # else some have only just begun to load
        return Outcome(
            [*victim.wrong, *broke, *grew],
            victim.strikes,
            {str(status): int(str(count)) for status, count in ends},
            promised,
            before_mb,
            after_mb,
            clock.times,
        )
    finally:
        await db.close()
        await asyncio.to_thread(victim.serving.end)


class _Clock:
    def __init__(self) -> None:
        self.times: list[tuple[str, float]] = []
        self._begin = time.monotonic()

    def tell(self, word: str) -> None:
        now = time.monotonic()
        self.times.append((word, now - self._begin))
        self._begin = now


async def _calm(
    victim: Victim, customers: list[Customer], over: asyncio.Event, seconds: float
) -> tuple[dict[int, float], dict[int, float]]:
    """The same load with nothing amiss; what each process holds after a third of it, and at its end."""
    over.clear()
    asking = [asyncio.create_task(each.ask_on()) for each in customers]
    await asyncio.sleep(seconds / 3)
    pids = [victim.serving.process.pid, *victim.serving.children("chaos_serve")]
    before = _held(pids)
    await asyncio.sleep(2 * seconds / 3)
    over.set()
    await asyncio.gather(*asking)
    return before, _held(pids)


def _held(pids: list[int]) -> dict[int, float]:
    held = {pid: resident_mb(pid) for pid in pids}
    return {pid: megabytes for pid, megabytes in held.items() if megabytes is not None}


async def _all_ended(url: str) -> None:
    """Wait for it as long as it goes on."""
    before, since = None, time.monotonic()
    while (left := query(url, _UNENDED)) != [(0,)]:
        if left != before:
            before, since = left, time.monotonic()
        assert time.monotonic() < since + _PATIENCE_S, f"{left} do not end: {_left(url)}"
        await asyncio.sleep(0.5)


def _left(url: str) -> str:
    columns = "status, attempt, failures, queue_job_id, batch_id IS NULL, updated_at"
    unended = "status IN ('pending', 'processing') LIMIT 20"
    waiting = query(url, f"SELECT {columns} FROM background_removal_jobs WHERE {unended}")
    queued = query(url, "SELECT id, status::text, attempts, scheduled_at FROM procrastinate_jobs LIMIT 20")
    return f"{waiting} {queued}"


@asynccontextmanager
async def _customers(victim: Victim, db: Database) -> AsyncIterator[tuple[list[Customer], asyncio.Event]]:
    over = asyncio.Event()
    async with AsyncExitStack() as stack:
        customers = []
        for number in range(CUSTOMERS):
            http = await stack.enter_async_context(httpx.AsyncClient(base_url=victim.url, timeout=90))
            await _register(http, db, number)
            customers.append(Customer(http, Promised(), random.Random(victim.chosen.random()), over))
        yield customers, over


async def _register(http: httpx.AsyncClient, db: Database, number: int) -> None:
    """Register, log in as a program does, and be given credits."""
    who: dict[str, Any] = {"email": f"c{number}@example.org", "password": "correct horse battery"}
    (await http.post("/api/auth/register", json={**who, "name": "C"})).raise_for_status()
    begun = await http.post("/api/auth/login", json=who)
    begun.raise_for_status()
    http.headers["Authorization"] = f"Bearer {begun.json()['token']}"
    profile = (await http.get("/api/auth/profile")).json()
    async with db.transaction() as tx:
        await grant(tx, UUID(profile["user"]["id"]), 1_000_000, f"grant:{number}", kind="grant")
