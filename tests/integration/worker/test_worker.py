"""A worker's jobs when it is told to stop, when it is killed, and when the database goes away."""

import asyncio
import signal
import subprocess
from contextlib import AbstractContextManager
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.bootstrap import open_services
from lumiku.core.db import Database, DatabaseUnavailable
from lumiku.queue import heartbeat
from lumiku.queue.enqueue import enqueue
from lumiku.queue.rescue import MOST_RESCUES
from lumiku.worker.main import work
from lumiku.worker.tasks import WORK
from support.child_process import running
from support.database import query
from support.serving import HANG_S, until
from support.worker_process import DEADLY, SLOW, settings_for, works

TESTS = Path(__file__).parents[2]


def worker_process(url: str, folder: Path) -> AbstractContextManager[subprocess.Popen[bytes]]:
    return running("support.worker_process", url, folder / "data", folder / "notes")


def notes(folder: Path, word: str) -> list[int]:
    """The processes that noted this, in order."""
    path = folder / "notes"
    lines = path.read_text().splitlines() if path.exists() else []
    return [int(line.split()[1]) for line in lines if line.split()[0] == word]


async def queue_one(db: Database, task: object, **arguments: object) -> None:
    async with db.transaction() as tx:
        await enqueue(tx, task, arguments)  # type: ignore[arg-type]


def states(url: str) -> list[str]:
    return [str(row[0]) for row in query(url, "SELECT status FROM procrastinate_jobs")]


async def test_the_job_of_a_killed_worker_is_done_by_the_next(
    db: Database, database_url: str, tmp_path: Path
) -> None:
    await queue_one(db, SLOW, seconds=2)
    with worker_process(database_url, tmp_path) as first:
        until(lambda: notes(tmp_path, "begun") == [first.pid])
        first.kill()
        first.wait()
    assert states(database_url) == ["doing"]
    with worker_process(database_url, tmp_path) as second:
        until(lambda: notes(tmp_path, "done") == [second.pid])
        until(lambda: states(database_url) == [])
        second.send_signal(signal.SIGTERM)
        assert second.wait(HANG_S) == 0
    assert notes(tmp_path, "begun") == [first.pid, second.pid]
    assert query(database_url, "SELECT count(*) FROM worker_heartbeats") == [(1,)]  # the killed one's


async def test_a_job_that_kills_its_worker_fails_in_the_end(
    db: Database, database_url: str, tmp_path: Path
) -> None:
    await queue_one(db, DEADLY)
    for number in range(1, MOST_RESCUES + 1):
        with worker_process(database_url, tmp_path) as victim:
            assert victim.wait(HANG_S) == -signal.SIGKILL
        assert len(notes(tmp_path, "begun")) == number
    with worker_process(database_url, tmp_path) as survivor:
        until(lambda: states(database_url) == ["failed"])
        assert survivor.poll() is None
    assert len(notes(tmp_path, "begun")) == MOST_RESCUES


async def test_a_stop_lets_short_jobs_finish_and_gives_long_ones_back(
    db: Database, database_url: str, tmp_path: Path
) -> None:
    await queue_one(db, SLOW, seconds=1)
    await queue_one(db, SLOW, seconds=600)
    stop = asyncio.Event()
    async with open_services(settings_for(database_url, tmp_path, drain_s=8)) as services:
        running = asyncio.create_task(work(services, works(tmp_path / "notes"), lambda: None, stop))
        while len(notes(tmp_path, "begun")) < 2:
            await asyncio.sleep(0.02)
        stop.set()
        await asyncio.wait_for(running, HANG_S)
    assert len(notes(tmp_path, "done")) == 1
    assert states(database_url) == ["todo"]
    assert query(database_url, "SELECT count(*) FROM worker_heartbeats") == [(0,)]
    assert query(database_url, "SELECT count(*) FROM queue_rescues") == [(0,)]  # no death, so no blame


async def test_a_worker_outlasts_its_connections(db: Database, database_url: str, tmp_path: Path) -> None:
    stop, ready = asyncio.Event(), asyncio.Event()
    async with open_services(settings_for(database_url, tmp_path, drain_s=2)) as services:
        running = asyncio.create_task(work(services, works(tmp_path / "notes"), ready.set, stop))
        await asyncio.wait_for(ready.wait(), HANG_S)
        async with db.transaction() as tx:
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            await tx.execute(text(f"{others} AND datname = current_database() AND usename = current_user"))
        await queue_one(db, SLOW, seconds=0)
        async with asyncio.timeout(HANG_S):
            while not notes(tmp_path, "done"):
                await asyncio.sleep(0.02)
        stop.set()
        await asyncio.wait_for(running, HANG_S)
    assert query(database_url, "SELECT count(*) FROM worker_heartbeats") == [(0,)]  # of before neither


@pytest.mark.parametrize(("failures", "rows"), [(1, 0), (2, 1)])
async def test_a_last_word_that_was_lost_is_said_once_more(
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    failures: int,
    rows: int,
) -> None:
    lost = iter(range(failures))

    async def end(tx: AsyncConnection, worker: UUID) -> None:
        if next(lost, None) is not None:
            raise DatabaseUnavailable("busy")
        await heartbeat.end(tx, worker)

    monkeypatch.setattr("lumiku.worker.main.end", end)
    stop = asyncio.Event()
    async with open_services(settings_for(database_url, tmp_path, drain_s=2)) as services:
        running = asyncio.create_task(work(services, works(tmp_path / "notes"), stop.set, stop))
        await asyncio.wait_for(running, HANG_S)
    assert query(database_url, "SELECT count(*) FROM worker_heartbeats") == [(rows,)]


async def test_every_task_of_the_release_runs(db: Database, database_url: str, tmp_path: Path) -> None:
    async with open_services(settings_for(database_url, tmp_path)) as services:
        for each in WORK:
            if each.cron is not None:
                await each.run(services, {})
