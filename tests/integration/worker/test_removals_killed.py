"""Removals while their workers and engine processes are killed: one end, one result, one charge each."""

import os
import signal
import subprocess
from collections import Counter
from contextlib import AbstractContextManager, suppress
from pathlib import Path

import pytest
from sqlalchemy import text

from lumiku.core.db import Database
from lumiku.queue.rescue import MOST_RESCUES
from lumiku.removals.process import MOST_CRASHES
from lumiku.storage.base import Storage
from lumiku.storage.open import open_storage
from lumiku.storage.settings import StorageSettings
from support import inference_fake as fake
from support.child_process import running
from support.credits import balance_of, new_account
from support.database import query
from support.removals import batch_row, job_row, red_picture, submit, what_is_wrong
from support.serving import HANG_S, until

TESTS = Path(__file__).parents[2]
PICTURE = red_picture()
SLOW = fake.SLOW + PICTURE


def worker(url: str, data: Path, *more: object) -> AbstractContextManager[subprocess.Popen[bytes]]:
    return running("support.removal_worker", url, data, *more)


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return open_storage(StorageSettings(), tmp_path)


def statuses(url: str) -> Counter[str]:
    return Counter(str(row[0]) for row in query(url, "SELECT status FROM background_removal_jobs"))


def all_ended(url: str) -> bool:
    return not {"pending", "processing"} & set(statuses(url))


def children_of(pid: int) -> list[int]:
    with suppress(FileNotFoundError):
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


async def test_a_worker_does_singles_and_batches(
    db: Database, database_url: str, tmp_path: Path, storage: Storage
) -> None:
    user_id = await new_account(db, 100)
    batch = await submit(db, storage, user_id, [PICTURE] * 5, batch=True)
    await submit(db, storage, user_id, [PICTURE])
    with worker(database_url, tmp_path) as process:
        until(lambda: all_ended(database_url))
        process.send_signal(signal.SIGTERM)
        assert process.wait(HANG_S) == 0
    assert statuses(database_url) == {"completed": 6}
    assert (await batch_row(db, batch[0]))["status"] == "completed"
    assert (await balance_of(db, user_id)).balance == 100 - 6 * 8
    assert query(database_url, "SELECT count(*) FROM procrastinate_jobs WHERE queue_name ~ 'removals'") == [
        (0,)
    ]
    assert await what_is_wrong(db, storage) == []


async def test_a_single_picture_does_not_wait_for_anothers_batch(
    db: Database, database_url: str, tmp_path: Path, storage: Storage
) -> None:
    await submit(db, storage, await new_account(db, 1000), [SLOW] * 40, batch=True)
    with worker(database_url, tmp_path):
        until(lambda: statuses(database_url)["completed"] >= 2)
        (single,) = await submit(db, storage, await new_account(db, 100), [PICTURE])
        until(
            lambda: (
                query(database_url, f"SELECT status FROM background_removal_jobs WHERE id = '{single}'")
                == [("completed",)]
            )
        )
        assert statuses(database_url)["completed"] < 25


async def test_a_picture_that_kills_the_engine_fails_and_spares_the_others(
    db: Database, database_url: str, tmp_path: Path, storage: Storage
) -> None:
    user_id = await new_account(db, 100)
    ids = await submit(db, storage, user_id, [fake.KILL, *[PICTURE] * 4], batch=True)
    with worker(database_url, tmp_path) as process:
        until(lambda: all_ended(database_url))
        assert process.poll() is None
    row = await job_row(db, ids[0])
    assert (row["status"], row["error_code"]) == ("failed", "PROCESSING_FAILED")
    assert row["failures"] == MOST_CRASHES
    assert statuses(database_url) == {"completed": 4, "failed": 1}
    assert (await batch_row(db, ids[0]))["status"] == "partial"
    assert (await balance_of(db, user_id)).available == 100 - 4 * 8
    assert await what_is_wrong(db, storage) == []


async def test_a_job_whose_workers_die_fails_in_the_end(
    db: Database, database_url: str, tmp_path: Path, storage: Storage
) -> None:
    user_id = await new_account(db, 100)
    (job_id,) = await submit(db, storage, user_id, [fake.HANG])
    attempt = f"SELECT attempt, status FROM background_removal_jobs WHERE id = '{job_id}'"
    for number in range(1, MOST_RESCUES + 1):
        with worker(database_url, tmp_path):
            until(lambda number=number: query(database_url, attempt)[0][0] >= number)
    with worker(database_url, tmp_path):
        until(lambda: query(database_url, attempt)[0][1] == "failed")
    assert (await balance_of(db, user_id)).available == 100
    assert await what_is_wrong(db, storage) == []


async def test_a_stop_gives_running_work_back_unharmed(
    db: Database, database_url: str, tmp_path: Path, storage: Storage
) -> None:
    user_id = await new_account(db, 100)
    ids = await submit(db, storage, user_id, [fake.HANG, PICTURE])
    with worker(database_url, tmp_path, 6) as process:
        until(lambda: statuses(database_url) == {"completed": 1, "processing": 1})
        process.send_signal(signal.SIGTERM)
        assert process.wait(HANG_S) == 0
    assert query(database_url, "SELECT status::text FROM procrastinate_jobs") == [("todo",)]
    row = await job_row(db, ids[0])
    await storage.delete([row["source_key"]])  # for the next to come to an end with it
    await storage.put(row["source_key"], PICTURE)
    with worker(database_url, tmp_path):
        until(lambda: all_ended(database_url))
    assert statuses(database_url) == {"completed": 2}
    assert (await job_row(db, ids[0]))["failures"] == 0
    assert await what_is_wrong(db, storage) == []


async def test_a_worker_that_was_suspended_comes_too_late_and_goes_on(
    db: Database, database_url: str, tmp_path: Path, storage: Storage
) -> None:
    user_id = await new_account(db, 1000)
    ids = await submit(db, storage, user_id, [SLOW] * 8, batch=True)
    with worker(database_url, tmp_path) as sleeper:
        until(lambda: statuses(database_url)["processing"] >= 2)
        sleeper.send_signal(signal.SIGSTOP)
        with worker(database_url, tmp_path):
            until(lambda: all_ended(database_url))
        sleeper.send_signal(signal.SIGCONT)  # its own attempts go on, and come too late
        ids += await submit(db, storage, user_id, [PICTURE] * 4, batch=True)
        until(lambda: all_ended(database_url))
        assert sleeper.poll() is None
    assert statuses(database_url) == {"completed": 12}
    assert max([(await job_row(db, job_id))["attempt"] for job_id in ids]) >= 2
    assert await what_is_wrong(db, storage) == []


async def test_what_is_wrong_is_seen(db: Database, storage: Storage) -> None:
    """The check of this file can fail."""
    user_id = await new_account(db, 100)
    (job_id,) = await submit(db, storage, user_id, [PICTURE], batch=True)
    wrong = await what_is_wrong(db, storage)
    assert any("pending" in each for each in wrong)
    assert any("open" in each for each in wrong)
    async with db.transaction() as tx:
        done = (
            "UPDATE background_removal_jobs SET status = 'completed', result_key = 'outputs/x' WHERE id = :id"
        )
        await tx.execute(text(done), {"id": job_id})
    wrong = await what_is_wrong(db, storage)
    assert any("taken" in each for each in wrong)
    assert any("not stored" in each for each in wrong)
    assert any("counts wrongly" in each for each in wrong)
