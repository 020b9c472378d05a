"""The cleanup on a real database and real storage: cut anywhere, refused, dry, in a folder and a bucket."""

import os
import random
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import select, update

from lumiku.core.clock import utc_now
from lumiku.core.db import Database
from lumiku.removals.cleanup import cleanup
from lumiku.removals.findings import Finding
from lumiku.removals.reconcile import Reconciliation
from lumiku.removals.settings import RetentionSettings
from lumiku.removals.tables import background_removal_batches as batches
from lumiku.removals.tables import background_removal_jobs as jobs
from lumiku.storage.base import Storage
from lumiku.storage.errors import StorageUnavailable
from lumiku.storage.open import open_storage
from lumiku.storage.settings import StorageSettings
from lumiku.worker.clean_up import clean_up
from support.command_line import COMMAND
from support.credits import new_user
from support.removals import row_of
from support.retention import (
    SETTINGS,
    BatchSpec,
    FailingStorage,
    JobSpec,
    World,
    all_files,
    one_of_each,
    snapshot,
)
from support.s3 import new_bucket, s3_server

LONG_AFTER = timedelta(days=400)  # so that whatever the tests store is old, by any clock


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with s3_server() as address:
        yield address


@pytest.fixture
async def world(db: Database, storage: Storage) -> World:
    return World(db, storage, await new_user(db), utc_now() + LONG_AFTER)


def whats(found: list[Finding]) -> Counter[str]:
    return Counter(each.what for each in found)


@pytest.mark.parametrize("place", ["folder", "s3"])
async def test_what_is_old_goes_and_everything_else_stays(
    world: World, place: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    if place == "s3":
        world.storage = open_storage(new_bucket(request.getfixturevalue("endpoint")), tmp_path)
    await one_of_each(world)
    orphans = {await world.orphan(kind) for kind in ("uploads", "outputs", "mattes", "thumbnails", "zips")}
    found = await world.clean()
    assert await world.complaints() == []
    deleted = {each.subject for each in found if each.what == "file-deleted"}
    assert deleted == world.gone_files
    assert {each.subject for each in found if each.what == "orphan-deleted"} == orphans
    assert whats(found)["file-missing"] == 0
    assert await world.clean() == []


async def test_two_servers_in_one_bucket_leave_each_others_files_alone(
    world: World, endpoint: str, tmp_path: Path
) -> None:
    bucket = new_bucket(endpoint)
    mine, theirs = [
        open_storage(bucket.model_copy(update={"url": f"{bucket.url}/{name}"}), tmp_path)
        for name in ("mine", "theirs")
    ]
    world.storage = theirs
    stranger = await world.orphan()
    world.storage = mine
    own = await world.orphan()
    await one_of_each(world)
    found = await world.clean()
    assert {each.subject for each in found if each.what == "orphan-deleted"} == {own}
    assert await world.complaints() == []
    assert await all_files(theirs) == {stranger}


async def test_the_test_would_notice(world: World) -> None:
    """Cleaning by other limits than those that `World` knows is complained of."""
    await one_of_each(world)
    await world.clean(settings=RetentionSettings(originals_days=8, results_days=31, batches_days=92))
    assert await world.complaints()


@pytest.mark.parametrize("place", ["folder", "s3"])
async def test_a_dry_run_names_the_same_and_changes_nothing(
    world: World, place: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    if place == "s3":
        world.storage = open_storage(new_bucket(request.getfixturevalue("endpoint")), tmp_path)
    await one_of_each(world)
    await world.orphan()
    lost = await world.single(JobSpec("completed", 2))
    await world.storage.delete([str((await row_of(world.db, jobs, lost))["result_key"])])
    before = await snapshot(world.db, world.storage)
    dry = await world.clean(dry_run=True)
    assert await snapshot(world.db, world.storage) == before
    assert sorted(dry, key=str) == sorted(await world.clean(), key=str)
    assert set(whats(dry)) == {
        "batch-expired",
        "job-expired",
        "original-expired",
        "file-deleted",
        "orphan-deleted",
        "file-missing",
    }


async def test_a_dry_run_of_an_abandoned_batch_names_the_same(world: World) -> None:
    waiting = JobSpec("pending")
    await world.batch(BatchSpec("pending", 0, (waiting, waiting), started=False), abandoned=True)
    await world.batch(BatchSpec("pending", 0, (waiting, waiting)))
    dry = await world.clean(dry_run=True)
    assert sorted(dry, key=str) == sorted(await world.clean(), key=str)
    assert whats(dry) == {"batch-abandoned": 1, "file-deleted": 2}
    assert await world.complaints() == []


async def test_a_batch_that_somebody_still_brings_files_for_is_not_abandoned(world: World) -> None:
    world.now = utc_now() + timedelta(days=6.9)
    waiting = JobSpec("pending")
    await world.batch(BatchSpec("pending", 0, (waiting,), started=False))
    assert await world.clean() == []
    assert await world.complaints() == []


async def test_cut_after_every_step_and_begun_again_it_comes_to_the_same(world: World) -> None:
    await one_of_each(world)
    await world.orphan()
    for cut in range(1, 400):
        run = cleanup(world.db, world.storage, SETTINGS, world.now, any_orphans=True)
        done = 0
        async for _ in run:
            done += 1
            if done == 1 + cut % 3:
                break
        await run.aclose()  # type: ignore[attr-defined]
        if done == 0:
            break
    else:
        pytest.fail("it never comes to an end")
    assert await world.complaints() == []


async def test_killed_at_any_moment_and_run_again_it_comes_to_the_same(
    db: Database, database_url: str, tmp_path: Path
) -> None:
    """The real command, by kill -9. Its clock is the real one, so the rows are made old instead."""
    storage = open_storage(StorageSettings(), tmp_path)
    world = World(db, storage, await new_user(db), utc_now())
    await one_of_each(world)
    command = [*COMMAND, "cleanup", "--data", tmp_path]
    env = {**os.environ, "LUMIKU_DATABASE__URL": database_url}
    for cut in range(6):
        process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert process.stdout is not None
        for _ in range(random.Random(cut).randrange(1, 12)):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert await world.complaints() == []


async def test_what_the_storage_refuses_is_deleted_by_the_next_run(world: World) -> None:
    await one_of_each(world)
    orphan = await world.orphan()
    stuck = {*sorted(world.gone_files)[::3], orphan}
    failing = FailingStorage(world.storage, lambda what, key: what == "delete" and key in stuck)
    found = await world.clean(failing)
    assert {each.subject for each in found if each.what == "not-deleted"} == stuck
    assert failing.refused == len(stuck)
    assert await all_files(world.storage) == world.expected_files | stuck
    again = await world.clean()
    assert {each.subject for each in again} == stuck
    assert await world.complaints() == []


@pytest.mark.parametrize("what", ["list", "head"])
async def test_a_storage_that_stops_answering_ends_the_run_and_loses_nothing(world: World, what: str) -> None:
    await one_of_each(world)
    calls = Counter[str]()

    def refuses(asked: str, _: str) -> bool:
        calls[asked] += 1
        return asked == what and calls[asked] > 2

    with pytest.raises(StorageUnavailable):
        await world.clean(FailingStorage(world.storage, refuses))
    assert world.expected_files <= await all_files(world.storage)
    await world.clean()
    assert await world.complaints() == []


async def test_a_file_that_is_gone_is_named_with_its_job(world: World) -> None:
    world.now = utc_now()
    healthy = await world.single(JobSpec("completed", 1))
    assert await world.clean() == []
    lost = await row_of(world.db, jobs, await world.single(JobSpec("completed", 1)))
    waiting = await row_of(world.db, jobs, await world.single(JobSpec("pending")))
    await world.storage.delete([lost["matte_key"], lost["thumbnail_key"], waiting["source_key"]])
    assert set(await world.clean()) == {
        Finding("file-missing", lost["matte_key"], str(lost["id"])),
        Finding("file-missing", lost["thumbnail_key"], str(lost["id"])),
        Finding("file-missing", waiting["source_key"], str(waiting["id"])),
    }
    assert str(healthy) not in {each.job for each in await world.clean()}


async def test_a_file_of_a_row_that_ends_during_the_look_is_not_missed(world: World, db: Database) -> None:
    world.now = utc_now()
    row = await row_of(db, jobs, await world.single(JobSpec("completed", 1)))
    await world.storage.delete([row["result_key"]])

    class Meanwhile(FailingStorage):
        async def head(self, key: str) -> Any:
            async with db.transaction() as tx:
                await tx.execute(update(jobs).values(deleted_at=world.now))
            return await super().head(key)

    storage = Meanwhile(world.storage, lambda *_: False)
    look = Reconciliation(db, storage, SETTINGS, world.now)
    assert [found async for found in look.missing()] == []


async def test_young_orphans_may_be_named_soon(world: World) -> None:
    world.now = utc_now() + timedelta(hours=23)
    orphan = await world.orphan()
    assert await world.clean() == []
    world.now += timedelta(hours=2)
    assert await world.clean() == [Finding("orphan-deleted", orphan)]
    assert await all_files(world.storage) == set()


async def test_suspiciously_many_orphans_are_kept_until_somebody_says_so(world: World) -> None:
    """As when another server uses the same storage, or an old backup of the database was restored."""
    orphans = {await world.orphan() for _ in range(21)}
    await world.single(JobSpec("completed", 1))
    for dry_run in (True, False):
        found = await world.clean(dry_run=dry_run, any_orphans=False)
        assert {each.subject for each in found if each.what == "orphan-kept"} == orphans
        assert orphans <= await all_files(world.storage)
    few = await world.clean(settings=RetentionSettings(orphans_share=1), any_orphans=False)
    assert {each.subject for each in few if each.what == "orphan-deleted"} == orphans
    assert await world.complaints() == []


async def test_what_a_killed_upload_left_goes_however_much_it_is(world: World) -> None:
    orphans = {await world.orphan("uploads") for _ in range(21)}
    await world.single(JobSpec("completed", 1))
    found = await world.clean(any_orphans=False)
    assert {each.subject for each in found if each.what == "orphan-deleted"} == orphans
    assert await world.complaints() == []


async def test_a_background_image_stays_while_one_job_has_it(world: World, db: Database) -> None:
    background = await world.orphan("uploads")
    first, second = [await world.single(JobSpec("completed", 1)) for _ in range(2)]
    async with db.transaction() as tx:
        await tx.execute(update(jobs).values(options={"background_image_key": background}))
        await tx.execute(update(jobs).where(jobs.c.id == first).values(deleted_at=world.now))
    await world.clean()
    assert background in await all_files(world.storage)
    async with db.transaction() as tx:
        await tx.execute(update(jobs).where(jobs.c.id == second).values(source_expired_at=world.now))
    found = await world.clean()
    assert Finding("file-deleted", background) in found
    assert background not in await all_files(world.storage)


async def test_a_row_that_somebody_changes_meanwhile_is_left_alone(world: World, db: Database) -> None:
    """As by a retry, which locks the job, then looks at what became of its original."""
    job_id = await world.single(JobSpec("failed", 20))
    async with db.transaction() as tx:
        await tx.execute(select(jobs.c.id).where(jobs.c.id == job_id).with_for_update())
        assert await world.clean() == []
        again = {"status": "pending", "completed_at": None, "error_code": None}
        await tx.execute(update(jobs).where(jobs.c.id == job_id).values(again))
    assert await world.clean() == []
    assert (await row_of(db, jobs, job_id))["source_expired_at"] is None


async def test_a_failed_job_that_expires_still_says_why(world: World, db: Database) -> None:
    job_id = await world.single(JobSpec("failed", 31))
    await world.clean()
    row = await row_of(db, jobs, job_id)
    assert (row["status"], row["error_code"]) == ("expired", "PROCESSING_FAILED")


async def test_the_limits_are_those_of_the_settings(world: World, db: Database) -> None:
    batch = BatchSpec("completed", 5, (JobSpec("completed", 5), JobSpec("failed", 5)))
    batch_id = await world.batch(batch)
    await world.clean(settings=RetentionSettings(originals_days=4))
    assert {row[1] for row in await _states(db)} == {True}
    await world.clean(settings=RetentionSettings(results_days=4))
    assert {row[0] for row in await _states(db)} == {"expired", "failed"}
    await world.clean(settings=RetentionSettings(failed_days=4))
    assert {row[0] for row in await _states(db)} == {"expired"}
    assert (await row_of(db, batches, batch_id))["status"] == "completed"
    await world.clean(settings=RetentionSettings(batches_days=4))
    assert (await row_of(db, batches, batch_id))["status"] == "expired"


async def test_the_task_asks_to_be_tried_again_where_files_are_left(world: World) -> None:
    await one_of_each(world)

    def services(storage: Storage) -> Any:
        settings = SimpleNamespace(retention=SETTINGS)
        return SimpleNamespace(db=world.db, storage=storage, settings=settings, clock=lambda: world.now)

    failing = FailingStorage(world.storage, lambda what, _: what == "delete")
    with pytest.raises(StorageUnavailable):
        await clean_up(services(cast("Storage", failing)), {})
    await clean_up(services(world.storage), {})
    assert await world.complaints() == []


async def test_a_key_of_a_form_that_is_not_ours_stops_nothing(world: World, tmp_path: Path) -> None:
    """Somebody else's file in our folder is not ours to delete."""
    stranger = tmp_path / "storage/outputs/notes.txt"
    stranger.parent.mkdir(parents=True, exist_ok=True)
    stranger.write_text("mine")
    old = await world.orphan()
    assert await world.clean() == [Finding("orphan-deleted", old)]
    assert stranger.read_text() == "mine"


async def _states(db: Database) -> list[tuple[str, bool]]:
    async with db.transaction() as tx:
        rows = await tx.execute(select(jobs.c.status, jobs.c.source_expired_at))
        return [(row[0], row[1] is not None) for row in rows]
