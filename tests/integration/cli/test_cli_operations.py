"""`lumiku job`, `batch`, `top` and `cleanup` against an external database."""

import asyncio
import json
import os
import pty
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner

from lumiku.accounts.tables import audit_log
from lumiku.cli.app import app
from lumiku.cli.exits import exit_code
from lumiku.core.clock import utc_now
from lumiku.core.db import Database
from lumiku.core.errors import LumikuError
from lumiku.core.ids import new_id
from lumiku.credits.model import Balance
from lumiku.queue.heartbeat import beat
from lumiku.queue.names import QUEUES
from lumiku.removals.finish import Ending, end_job
from lumiku.removals.tables import background_removal_batches as batches
from lumiku.removals.tables import background_removal_jobs as jobs
from lumiku.storage.base import Storage
from lumiku.storage.open import open_storage
from lumiku.storage.settings import StorageSettings
from support.command_line import COMMAND, HANG_S
from support.credits import balance_of, new_account
from support.removals import batch_row, job_row, row_of, submit, what_is_wrong
from support.retention import JobSpec, World, one_of_each, snapshot


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return open_storage(StorageSettings(), tmp_path)


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    error: str = ""


class Lumiku:
    """The command on this database and data folder, in a thread of this process."""

    def __init__(self, url: str, folder: Path) -> None:
        self.env = {"LUMIKU_DATABASE__URL": url, "LUMIKU_SERVER__DATA": str(folder)}

    async def run(self, *arguments: object) -> Done:
        words = list(map(str, arguments))
        result = await asyncio.to_thread(CliRunner().invoke, app, words, env=self.env)
        if isinstance(result.exception, LumikuError):  # `main` makes this of it
            return Done(exit_code(result.exception), result.stdout, result.exception.code)
        return Done(result.exit_code, result.stdout, result.stderr)

    async def fine(self, *arguments: object) -> str:
        done = await self.run(*arguments)
        assert (done.code, done.error) == (0, "")
        return done.out

    async def json(self, *arguments: object) -> Any:
        return json.loads(await self.fine(*arguments, "--json"))


@pytest.fixture
def lumiku(database_url: str, tmp_path: Path) -> Lumiku:
    return Lumiku(database_url, tmp_path)


async def fail(db: Database, job_id: UUID) -> None:
    async with db.transaction() as tx:
        await end_job(tx, Ending(job_id, "failed", None, "PROCESSING_FAILED", "no"), now=utc_now())


async def actions(db: Database, user_id: UUID) -> list[str]:
    async with db.transaction() as tx:
        told = select(audit_log.c.action).where(audit_log.c.subject_id == user_id).order_by(audit_log.c.id)
        return [action for action in (await tx.execute(told)).scalars() if action != "credits.granted"]


async def test_jobs_are_listed_and_shown(db: Database, storage: Storage, lumiku: Lumiku) -> None:
    anna, other = await new_account(db, 100), await new_account(db, 100)
    first, second = await submit(db, storage, anna, [b"1", b"2"])
    await submit(db, storage, other, [b"3"], tier="basic")
    await fail(db, second)
    assert len((await lumiku.fine("job", "list")).splitlines()) == 3
    mine = (await lumiku.json("job", "list", "--user", f"{anna}@example.org"))["jobs"]
    assert {job["id"] for job in mine} == {str(second), str(first)}
    (failed,) = (await lumiku.json("job", "list", "--status", "failed"))["jobs"]
    assert (failed["id"], failed["error_code"]) == (str(second), "PROCESSING_FAILED")
    (basic,) = (await lumiku.json("job", "list", "--tier", "basic"))["jobs"]
    assert basic["user_id"] == str(other)
    assert await lumiku.fine("job", "list", "--status", "expired") == "There are no such jobs.\n"
    shown = await lumiku.json("job", "show", first)
    assert shown["job"]["email"] == f"{anna}@example.org"
    assert shown["queue"] == {"status": "todo", "attempts": 0, "scheduled_at": None, "ahead": 0}
    assert f"{anna}@example.org" in await lumiku.fine("job", "show", first)


async def test_a_job_is_cancelled_and_tried_again(db: Database, storage: Storage, lumiku: Lumiku) -> None:
    user_id = await new_account(db, 100)
    (job_id,) = await submit(db, storage, user_id, [b"1"])
    await lumiku.fine("job", "cancel", job_id)
    assert await balance_of(db, user_id) == Balance(100, 0)
    assert "8 credits are held" in await lumiku.fine("job", "retry", job_id)
    assert (await job_row(db, job_id))["status"] == "pending"
    assert await balance_of(db, user_id) == Balance(100, 8)
    again = await lumiku.run("job", "retry", job_id)
    assert (again.code, again.error) == (1, "CONFLICT")
    assert await actions(db, user_id) == ["job.cancelled", "job.retried"]


async def test_a_batch_is_shown_cancelled_and_tried_again(
    db: Database, storage: Storage, lumiku: Lumiku
) -> None:
    user_id = await new_account(db, 100)
    ids = await submit(db, storage, user_id, [b"1", b"2", b"3", b"4"], batch=True)
    batch_id = (await batch_row(db, ids[0]))["id"]
    await fail(db, ids[0])
    assert str(batch_id) in await lumiku.fine("batch", "list", "--status", "pending")
    assert str(ids[0]) in await lumiku.fine("batch", "show", batch_id)
    assert [job["id"] for job in (await lumiku.json("batch", "show", batch_id))["jobs"]] == list(
        map(str, ids)
    )
    assert "4 never will" not in await lumiku.fine("batch", "cancel", batch_id)
    assert (await row_of(db, batches, batch_id))["status"] == "cancelled"
    assert await what_is_wrong(db, storage) == []
    assert "1 items wait again" in await lumiku.fine("batch", "retry", batch_id)
    assert await balance_of(db, user_id) == Balance(100, 8)
    assert "3 items wait again" in await lumiku.fine("batch", "retry", batch_id, "--cancelled")
    assert await balance_of(db, user_id) == Balance(100, 32)
    assert await actions(db, user_id) == ["batch.cancelled", "batch.retried", "batch.retried"]


async def test_a_batch_is_tried_again_as_a_whole_or_not_at_all(
    db: Database, storage: Storage, lumiku: Lumiku
) -> None:
    user_id = await new_account(db, 24)
    ids = await submit(db, storage, user_id, [b"1", b"2", b"3"], batch=True)
    batch_id = (await batch_row(db, ids[0]))["id"]
    for job_id in ids:
        await fail(db, job_id)
    await submit(db, storage, user_id, [b"4"])
    refused = await lumiku.run("batch", "retry", batch_id)
    assert (refused.code, refused.error) == (1, "INSUFFICIENT_CREDITS")
    assert await balance_of(db, user_id) == Balance(24, 8)
    async with db.transaction() as tx:
        await tx.execute(update(jobs).where(jobs.c.id == ids[2]).values(source_expired_at=utc_now()))
    assert "2 items wait again" in await lumiku.fine("batch", "retry", batch_id)


@pytest.mark.parametrize("verb", ["show", "retry", "cancel"])
@pytest.mark.parametrize("noun", ["job", "batch"])
async def test_what_is_not_there_says_so(lumiku: Lumiku, noun: str, verb: str) -> None:
    missing = await lumiku.run(noun, verb, new_id())
    assert (missing.code, missing.error) == (3, "NOT_FOUND")
    nonsense = await lumiku.run(noun, verb, "7")
    assert (nonsense.code, "ID" in nonsense.error) == (2, True)


async def test_top_shows_queues_workers_rates_and_who_waits(
    db: Database, storage: Storage, lumiku: Lumiku
) -> None:
    user_id = await new_account(db, 100)
    ids = await submit(db, storage, user_id, [b"1", b"2", b"3"])
    await fail(db, ids[0])
    assert (await lumiku.json("top", "--once"))["workers"] == []
    async with db.transaction() as tx:
        await beat(tx, new_id(), QUEUES)
    view = await lumiku.json("top", "--once")
    depths = {each["queue"]: each for each in view["queues"]}
    assert depths["removals-now"]["waiting"] >= 2
    assert set(depths) == set(QUEUES)
    assert [worker["pid"] for worker in view["workers"]] == [os.getpid()]
    assert [(rate["status"], rate["minute"], rate["hour"]) for rate in view["rates"]] == [("failed", 1, 1)]
    assert [(each["waiting"], each["running"]) for each in view["accounts"]] == [(2, 0)]
    assert f"{user_id}@example.org" in await lumiku.fine("top")  # no terminal, so once


def test_top_looks_again_until_ctrl_c(lumiku: Lumiku) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "top", "--interval", "0.2"],
        env={**os.environ, **lumiku.env, "TERM": "xterm", "COLUMNS": "100", "LINES": "40"},
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    seen = b""
    while seen.count(b"UTC") < 3:
        seen += os.read(ours, 65536)
    process.send_signal(signal.SIGINT)
    while True:
        try:
            if not os.read(ours, 65536):
                break
        except OSError:  # a terminal that nobody writes to any more
            break
    assert process.wait(HANG_S) == 0
    os.close(ours)


async def test_cleanup_does_what_its_dry_run_names(db: Database, storage: Storage, lumiku: Lumiku) -> None:
    world = World(db, storage, await new_account(db), utc_now())
    await one_of_each(world)
    before = await snapshot(db, storage)
    dry = await lumiku.fine("cleanup", "--dry-run")
    assert await snapshot(db, storage) == before
    assert await world.complaints()
    done = await lumiku.fine("cleanup")
    assert sorted(done.replace("would be: ", "").splitlines()) == sorted(
        dry.replace("would be: ", "").splitlines()
    )
    assert await world.complaints() == []
    assert await lumiku.fine("cleanup") == "There is nothing to clean up.\n"


async def test_cleanup_fails_where_a_file_is_missing(db: Database, storage: Storage, lumiku: Lumiku) -> None:
    world = World(db, storage, await new_account(db), utc_now())
    row = await row_of(db, jobs, await world.single(JobSpec("completed", 1)))
    assert (await lumiku.run("cleanup")).code == 0
    await storage.delete([row["result_key"]])
    named = await lumiku.run("cleanup", "--json")
    assert named.code == 1
    assert json.loads(named.out) == {
        "what": "file-missing",
        "subject": row["result_key"],
        "job": str(row["id"]),
        "dryRun": False,
    }
