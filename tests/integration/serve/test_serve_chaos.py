"""A server under load while anything dies, its disk fills up and its bucket errs; each check can fail."""

import asyncio
import random
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from lumiku.core.db import Database
from lumiku.storage.base import Storage
from lumiku.storage.keys import new_key
from lumiku.storage.signing import PREFIX
from support.api import Server, services_for, settings_for
from support.chaos import Outcome, run_chaos
from support.chaos_checks import what_broke, what_grew
from support.chaos_faults import who_outlives
from support.chaos_load import Promised
from support.chaos_places import Place, in_bucket, on_small_disk
from support.removal_api import completed_job
from support.retention import FailingStorage
from support.serving import command_of

SECONDS = 0  # each strike once takes longer


@pytest.fixture
def server(db: Database, database_url: str, tmp_path: Path) -> Server:
    return Server(services_for(db, database_url, settings_for(tmp_path)))


async def test_nothing_is_lost_or_charged_twice() -> None:
    """On a disk that fills up and in a bucket that errs, both at the same time: most of it is waiting."""
    async with asyncio.TaskGroup() as both:
        runs = [both.create_task(_survive(place)) for place in (on_small_disk, in_bucket)]
    for outcome in (run.result() for run in runs):
        assert outcome.wrong == []
        assert outcome.ends["completed"] > 5
        assert outcome.strikes["supervisor"] >= 1
        assert sum(outcome.strikes.values()) >= 4  # some find nobody, where the one before has just struck


async def _survive(place: Callable[[int], AbstractAsyncContextManager[Place]]) -> Outcome:
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"{place.__name__}, seed {seed}")  # noqa: T201  shown where it fails
    async with place(seed) as (victim, storage):
        outcome = await run_chaos(victim, SECONDS, storage)
    print(f"{place.__name__}: {outcome}")  # noqa: T201
    return outcome


async def test_each_harm_is_seen(server: Server) -> None:
    """Planted one after the other in a world where nothing is wrong."""
    db, storage = server.services.db, server.services.storage
    async with (await server.person("ada")).client as ada:
        job = await completed_job(server, ada)
        other = await completed_job(server, ada)
    promised = Promised(jobs={"cat": job["id"]})
    both = "UPDATE background_removal_jobs SET original_name"
    async with db.transaction() as tx:
        await tx.execute(
            text(f"{both} = CASE id WHEN :id THEN 'cat.png' ELSE 'dog.png' END"), {"id": job["id"]}
        )

    async def seen(plant: str, expected: str, undo: str) -> None:
        for statement, holds in ((plant, False), (undo, True)):
            async with db.transaction() as tx:
                await tx.execute(text(statement), {"id": other["id"]} if ":id" in statement else {})
            wrong = await what_broke(db, storage, promised)
            assert holds == (wrong == []), (statement, wrong)
            assert holds or any(expected in each for each in wrong), wrong

    await seen(f"{both} = 'cat.png' WHERE id = :id", "done 2 times", f"{both} = 'dog.png' WHERE id = :id")
    charge = "UPDATE background_removal_jobs SET price = price {} 1 WHERE id = :id"
    await seen(charge.format("+"), "credits were taken", charge.format("-"))
    status = "UPDATE background_removal_jobs SET status = '{}', completed_at = {} WHERE id = :id"
    await seen(status.format("processing", "NULL"), "is processing", status.format("completed", "now()"))
    ledger = "UPDATE credit_accounts SET balance = balance {} 1"
    await seen(ledger.format("+"), "balance", ledger.format("-"))
    promised.jobs["dog"] = job["id"]
    assert "dog was accepted, and is lost" in await what_broke(db, storage, promised)
    del promised.jobs["dog"]
    promised.keep("job", "cat", other["id"])
    assert any("and then with" in each for each in await what_broke(db, storage, promised))
    promised.wrong.clear()
    assert await what_broke(db, storage, promised) == []
    await storage.delete([job["processedUrl"].partition("?")[0].removeprefix(PREFIX)])
    assert any("file-missing" in each for each in await what_broke(db, storage, promised))


async def test_a_file_for_nobody_is_seen(server: Server) -> None:
    """One that the sweep does not dare to delete, or does not know."""
    storage = server.services.storage
    keeps = ForgetfulStorage(storage)
    await storage.put(new_key("outputs", "png", server.services.clock()), b"x")
    assert any(
        "is stored for nobody" in each for each in await what_broke(server.services.db, keeps, Promised())
    )
    assert await what_broke(server.services.db, storage, Promised()) == []


async def test_half_a_file_that_the_sweep_leaves_is_seen(server: Server) -> None:
    db, storage = server.services.db, server.services.storage
    half = server.services.settings.server.data / "storage"
    half /= new_key("outputs", "png", server.services.clock()) + "#1"
    half.parent.mkdir(parents=True, exist_ok=True)
    half.write_bytes(b"x")
    broke = await what_broke(db, ForgetfulStorage(storage), Promised())
    assert any("is half a file" in each for each in broke), broke
    assert await what_broke(db, storage, Promised()) == []
    assert not half.exists()


async def test_who_outlives_the_supervisor_is_seen() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert await who_outlives([child.pid], 0) == [f"{command_of(child.pid)} outlived the supervisor"]
        child.kill()
        child.wait()
        assert await who_outlives([child.pid], 0) == []


class ForgetfulStorage(FailingStorage):
    """Says that it deletes."""

    def __init__(self, real: Storage) -> None:
        super().__init__(real, lambda *_: False)

    async def delete(self, keys: Iterable[str]) -> None:
        """Does not."""

    async def drop_unfinished(self, before: datetime, *, dry_run: bool = False) -> Sequence[str]:
        del dry_run
        return await super().drop_unfinished(before, dry_run=True)


def test_growth_is_seen() -> None:
    assert what_grew({1: 100.0, 2: 50.0}, {1: 110.0, 2: 50.0}) == []
    assert what_grew({1: 100.0}, {1: 140.0}) == ["process 1 grew from 100 to 140 MB"]
    assert what_grew({1: 100.0}, {}) == ["process 1 is gone"]
