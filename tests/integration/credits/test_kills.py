"""Clients, backends and the server are killed with -9 at random moments: what was acknowledged is there."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import psycopg
import pytest

from lumiku.core.db import Database
from lumiku.core.settings import DatabaseSettings
from lumiku.credits.audit import audit
from lumiku.migrations.run import migrate, role_of
from lumiku.postgres.server import PostgresServer
from lumiku.postgres.settings import PostgresSettings
from support.credits import new_account

WORKERS = 3
TESTS = Path(__file__).resolve().parents[2]
WORKER = [sys.executable, "-m", "support.ledger_worker"]


class Chaos:
    """The embedded server, durable as in production, its clients, and a hand that kills them."""

    def __init__(self, folder: Path) -> None:
        self.server = PostgresServer(folder / "data", PostgresSettings())
        self.notes = [folder / f"notes-{number}" for number in range(WORKERS)]
        self.workers: list[subprocess.Popen[bytes]] = []
        self.kills: Counter[str] = Counter()

    async def prepare(self) -> None:
        self.server.start()
        self.urls = self.server.urls
        migrate(self.urls.owner, role_of(self.urls.app))
        db = Database(self.urls.app, DatabaseSettings())
        self.users = [await new_account(db, 1000) for _ in range(2)]  # few, so that they are hot
        await db.close()
        self.workers = [self.start_worker(notes) for notes in self.notes]

    def start_worker(self, notes: Path) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [*WORKER, self.urls.app, str(notes), *map(str, self.users)],
            env={**os.environ, "PYTHONPATH": str(TESTS)},
        )

    def kill_something(self) -> None:
        victim = random.choices(["client", "backend", "server"], [5, 4, 1])[0]
        if victim == "client":
            number = random.randrange(WORKERS)
            self.workers[number].kill()
            self.workers[number].wait()
            self.workers[number] = self.start_worker(self.notes[number])
        elif victim == "backend":
            with suppress(psycopg.OperationalError), self.superuser() as connection:
                pids = connection.execute(
                    "SELECT pid FROM pg_stat_activity WHERE usename = %s", (role_of(self.urls.app),)
                ).fetchall()
                if pids:  # the server takes it for a crash, ends all others and recovers
                    os.kill(random.choice(pids)[0], signal.SIGKILL)
        else:
            self.server.process.kill()
            self.server.process.wait()
            self.server.start()
        self.kills[victim] += 1

    def superuser(self) -> "psycopg.Connection[tuple[int]]":
        assert self.urls.superuser
        return psycopg.connect(self.urls.superuser, autocommit=True, connect_timeout=5)

    def stop(self) -> None:
        for worker in self.workers:
            worker.kill()
            worker.wait()
        self.server.stop()

    async def broken_promises(self) -> tuple[list[object], Counter[str]]:
        """What was acknowledged and is not so, with the audit's findings; and how much was acknowledged."""
        for worker in self.workers:
            worker.kill()
            worker.wait()
        lines = [line.split(" ", 1) for notes in self.notes for line in notes.read_text().splitlines()]
        for _ in range(600):  # it may still be recovering from the latest kill
            with suppress(psycopg.OperationalError), self.superuser() as connection:
                holds = connection.execute("SELECT id, reference, status FROM credit_holds").fetchall()
                entries = {row[0] for row in connection.execute("SELECT reference FROM credit_entries")}
                break
            time.sleep(0.1)
        status = {hold_id: how for hold_id, _, how in holds}
        references = {reference for _, reference, _ in holds}
        so = {
            "hold": lambda name: name in references,
            "captured": lambda name: status.get(UUID(name)) == "captured",
            "released": lambda name: status.get(UUID(name)) == "released",
            "entry": lambda name: name in entries,
            "same": lambda name: UUID(name) in status,
            "DIFFERENT": lambda _: False,
        }
        broken: list[object] = [(kind, name) for kind, name in lines if not so[kind](name)]
        db = Database(self.urls.app, DatabaseSettings())
        broken += await audit(db)
        await db.close()
        return broken, Counter(kind for kind, _ in lines)


async def _kill_for(seconds: float, pause_s: tuple[float, float]) -> tuple[Counter[str], Counter[str]]:
    with TemporaryDirectory(prefix="lumiku-kills-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)  # the server runs as another account where we are root
        chaos = Chaos(Path(folder))
        try:
            await chaos.prepare()
            await asyncio.sleep(3)
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                await asyncio.sleep(random.uniform(*pause_s))
                chaos.kill_something()
            broken, done = await chaos.broken_promises()
        finally:
            chaos.stop()
    assert broken == []
    return chaos.kills, done


async def test_nothing_acknowledged_is_lost_when_things_are_killed() -> None:
    random.seed(3)
    kills, done = await _kill_for(12, (0.3, 1.2))
    assert sum(kills.values()) > 3
    assert done["captured"] > 20


@pytest.mark.soak
@pytest.mark.timeout(900)
async def test_nothing_acknowledged_is_lost_in_five_minutes_of_kills() -> None:
    kills, done = await _kill_for(300, (0.2, 3))
    assert min(kills[victim] for victim in ("client", "backend", "server")) > 3
    assert done["captured"] > 1000
