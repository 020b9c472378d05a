"""Processing one job, whatever becomes of it: one end, one result, one charge or none."""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text, update

from lumiku.core.clock import utc_now
from lumiku.core.db import Database, DatabaseUnavailable
from lumiku.credits.holds import release
from lumiku.removals import events
from lumiku.removals.engine import Made, OrderFailed
from lumiku.removals.process import CRASHED, MOST_CRASHES, MOST_FAILURES, Parts, TryAgain, give_up, process
from lumiku.removals.requeue import Found, requeue_lost
from lumiku.removals.tables import background_removal_jobs as jobs
from lumiku.storage.base import Content
from lumiku.storage.errors import StorageUnavailable
from support.credits import balance_of, new_account
from support.removals import (
    MADE,
    ScriptedEngine,
    batch_row,
    files_of,
    job_row,
    red_picture,
    submit,
    what_is_wrong,
)

PICTURE = red_picture()


async def one(parts: Parts, **how: object) -> tuple[UUID, UUID]:
    """An account with 100 credits and its job."""
    user_id = await new_account(parts.db, 100)
    (job_id,) = await submit(parts.db, parts.storage, user_id, [PICTURE], **how)  # type: ignore[arg-type]
    return user_id, job_id


async def outputs(parts: Parts) -> list[str]:
    """Everything stored but the sources."""
    return sorted(
        [key for kind in ("outputs", "mattes", "thumbnails") for key in await files_of(parts.storage, kind)]
    )


async def request_cancel(db: Database, job_id: UUID) -> None:
    async with db.transaction() as tx:
        await tx.execute(update(jobs).where(jobs.c.id == job_id).values(cancel_requested_at=utc_now()))


async def test_a_picture_that_comes_out_is_kept_and_paid(parts: Parts, engine: ScriptedEngine) -> None:
    user_id, job_id = await one(parts, options={"format": "webp"}, tier="basic")
    await process(parts, job_id, interactive=True)
    row = await job_row(parts.db, job_id)
    assert (row["status"], row["attempt"], row["credits_used"], row["failures"]) == ("completed", 1, 8, 0)
    assert (row["output_type"], row["output_bytes"], row["metadata"]) == (
        "image/png",
        6,
        {"pipeline": "test"},
    )
    assert await parts.storage.get(row["result_key"]) == b"result"
    assert await parts.storage.get(row["matte_key"]) == b"matte"
    assert await parts.storage.get(row["thumbnail_key"]) == b"thumbnail"
    assert row["started_at"] <= row["completed_at"]
    balance = await balance_of(parts.db, user_id)
    assert (balance.balance, balance.held) == (92, 0)
    (order,) = engine.orders
    assert (order.source, order.tier, order.interactive) == (PICTURE, "basic", True)
    assert order.options == {"format": "webp"}
    await process(parts, job_id, interactive=True)  # delivered again
    assert len(engine.orders) == 1
    assert await what_is_wrong(parts.db, parts.storage) == []


async def test_a_background_image_comes_from_storage(parts: Parts, engine: ScriptedEngine) -> None:
    _, source = await one(parts)
    key = (await job_row(parts.db, source))["source_key"]
    _, job_id = await one(parts, options={"background_image_key": key})
    await process(parts, job_id, interactive=False)
    assert engine.orders[0].background == PICTURE
    assert engine.orders[0].options == {}


async def test_without_credits_nothing_is_charged(parts: Parts) -> None:
    user_id, job_id = await one(parts, price=0)
    await process(parts, job_id, interactive=True)
    assert (await job_row(parts.db, job_id))["status"] == "completed"
    assert (await balance_of(parts.db, user_id)).balance == 100


LASTING = [
    (OrderFailed("UNREADABLE_IMAGE", "It is damaged.", passing=False), "UNREADABLE_IMAGE"),
    (OrderFailed("DEADLINE_EXCEEDED", "Too long.", passing=False), "DEADLINE_EXCEEDED"),
    (replace(MADE, found=False), "UNKNOWN_FOREGROUND"),
]


@pytest.mark.parametrize(("made", "code"), LASTING)
async def test_what_the_picture_is_to_blame_for_is_not_tried_again(
    parts: Parts, engine: ScriptedEngine, made: Exception, code: str
) -> None:
    user_id, job_id = await one(parts)
    engine.made = made
    await process(parts, job_id, interactive=True)
    row = await job_row(parts.db, job_id)
    assert (row["status"], row["error_code"], row["credits_used"]) == ("failed", code, 0)
    assert (await balance_of(parts.db, user_id)).available == 100
    assert await outputs(parts) == []


async def test_a_source_that_is_gone_fails_the_job(parts: Parts) -> None:
    user_id, job_id = await one(parts)
    await parts.storage.delete([(await job_row(parts.db, job_id))["source_key"]])
    await process(parts, job_id, interactive=True)
    assert (await job_row(parts.db, job_id))["error_code"] == "FILE_MISSING"
    assert (await balance_of(parts.db, user_id)).available == 100


PASSING = [
    (OrderFailed(CRASHED, "", passing=True), MOST_CRASHES),
    (OrderFailed("ENGINE_UNAVAILABLE", "", passing=True), MOST_FAILURES),
    (StorageUnavailable("away"), MOST_FAILURES),
    (ValueError("/secret/path"), MOST_FAILURES),
]


@pytest.mark.parametrize(("error", "most"), PASSING)
async def test_what_may_pass_is_tried_again_and_fails_in_the_end(
    parts: Parts, engine: ScriptedEngine, error: Exception, most: int
) -> None:
    user_id, job_id = await one(parts)
    engine.made = error
    for number in range(1, most):
        with pytest.raises(TryAgain):
            await process(parts, job_id, interactive=True)
        row = await job_row(parts.db, job_id)
        assert (row["status"], row["attempt"], row["failures"]) == ("pending", number, number)
    await process(parts, job_id, interactive=True)
    row = await job_row(parts.db, job_id)
    assert (row["status"], row["error_code"], len(engine.orders)) == ("failed", "PROCESSING_FAILED", most)
    assert "secret" not in row["error_message"]
    assert (await balance_of(parts.db, user_id)).available == 100


async def test_a_second_try_that_succeeds_is_paid_once(parts: Parts, engine: ScriptedEngine) -> None:
    user_id, job_id = await one(parts)
    engine.made = StorageUnavailable("away")
    with pytest.raises(TryAgain):
        await process(parts, job_id, interactive=True)
    engine.made = MADE
    await process(parts, job_id, interactive=True)
    assert (await balance_of(parts.db, user_id)).balance == 92
    assert await what_is_wrong(parts.db, parts.storage) == []


class HalfBroken:
    """A storage that takes no thumbnail."""

    def __init__(self, parts: Parts) -> None:
        self._storage = parts.storage
        self.get = parts.storage.get

    async def put(self, key: str, content: Content) -> int:
        if key.startswith("thumbnails"):
            raise StorageUnavailable("the disk is full")
        return await self._storage.put(key, content)

    async def delete(self, keys: Iterable[str]) -> None:
        await self._storage.delete(keys)


async def test_files_are_stored_all_or_none(parts: Parts) -> None:
    _, job_id = await one(parts)
    with pytest.raises(TryAgain):
        await process(replace(parts, storage=HalfBroken(parts)), job_id, interactive=True)  # type: ignore[arg-type]
    assert await outputs(parts) == []


async def test_a_job_cancelled_while_it_runs_ends_uncharged(parts: Parts, engine: ScriptedEngine) -> None:
    user_id, job_id = await one(parts)
    engine.meanwhile = lambda: request_cancel(parts.db, job_id)
    await process(parts, job_id, interactive=True)
    row = await job_row(parts.db, job_id)
    assert (row["status"], row["result_key"], row["credits_used"]) == ("cancelled", None, 0)
    assert (await balance_of(parts.db, user_id)).available == 100
    assert await outputs(parts) == []


@pytest.mark.parametrize("made", [ValueError("x"), OrderFailed("UNREADABLE_IMAGE", "", passing=False)])
async def test_a_cancelled_job_that_fails_is_cancelled(
    parts: Parts, engine: ScriptedEngine, made: Exception
) -> None:
    _, job_id = await one(parts)
    engine.made, engine.meanwhile = made, lambda: request_cancel(parts.db, job_id)
    await process(parts, job_id, interactive=True)
    assert (await job_row(parts.db, job_id))["status"] == "cancelled"


async def test_a_job_cancelled_after_its_worker_died_is_ended_by_the_next(
    parts: Parts, engine: ScriptedEngine
) -> None:
    user_id, job_id = await one(parts)
    await request_cancel(parts.db, job_id)
    await process(parts, job_id, interactive=True)
    assert engine.orders == []
    assert (await job_row(parts.db, job_id))["status"] == "cancelled"
    assert (await balance_of(parts.db, user_id)).available == 100


async def test_a_late_attempt_is_thrown_away(parts: Parts, engine: ScriptedEngine) -> None:
    user_id, job_id = await one(parts)
    other = ScriptedEngine(replace(MADE, result=b"by the second"))

    async def overtake() -> None:  # the first worker was taken for dead
        engine.meanwhile = None
        await process(replace(parts, engine=other), job_id, interactive=True)

    engine.meanwhile = overtake
    await process(parts, job_id, interactive=True)
    row = await job_row(parts.db, job_id)
    assert row["attempt"] == 2
    assert await parts.storage.get(row["result_key"]) == b"by the second"
    assert len(await outputs(parts)) == 3
    assert (await balance_of(parts.db, user_id)).balance == 92


@pytest.mark.parametrize(
    "late", [MADE, ValueError("late"), OrderFailed("UNREADABLE_IMAGE", "", passing=False)]
)
async def test_an_attempt_that_was_overtaken_does_not_end_what_the_next_still_works_on(
    parts: Parts, engine: ScriptedEngine, late: Made | Exception
) -> None:
    user_id, job_id = await one(parts)
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def work_long() -> None:
        begun.set()
        await go_on.wait()

    second = ScriptedEngine(meanwhile=work_long)
    running: list[asyncio.Task[None]] = []

    async def overtake() -> None:
        again = process(replace(parts, engine=second), job_id, interactive=True)
        running.append(asyncio.create_task(again))
        await begun.wait()

    engine.made, engine.meanwhile = late, overtake
    await process(parts, job_id, interactive=True)
    row = await job_row(parts.db, job_id)
    assert (row["status"], row["attempt"], row["failures"]) == ("processing", 2, 0)
    assert await outputs(parts) == []
    go_on.set()
    await running[0]
    assert (await balance_of(parts.db, user_id)).balance == 92
    assert await what_is_wrong(parts.db, parts.storage) == []


async def test_a_late_failure_changes_nothing(parts: Parts, engine: ScriptedEngine) -> None:
    _, job_id = await one(parts)

    async def overtake() -> None:
        await process(replace(parts, engine=ScriptedEngine()), job_id, interactive=True)

    for failure in (ValueError("late"), OrderFailed("UNREADABLE_IMAGE", "", passing=False)):
        engine.made, engine.meanwhile = failure, overtake
        await process(parts, job_id, interactive=True)
    row = await job_row(parts.db, job_id)
    assert (row["status"], row["failures"]) == ("completed", 0)
    assert await what_is_wrong(parts.db, parts.storage) == []


async def test_many_attempts_at_once_give_one_result_and_one_charge(parts: Parts) -> None:
    user_id, job_id = await one(parts)
    await asyncio.gather(*(process(parts, job_id, interactive=True) for _ in range(6)))
    assert len(await outputs(parts)) == 3
    assert (await balance_of(parts.db, user_id)).balance == 92
    assert await what_is_wrong(parts.db, parts.storage) == []


async def test_credits_that_were_given_back_meanwhile_end_the_job(
    parts: Parts, engine: ScriptedEngine
) -> None:
    user_id, job_id = await one(parts)

    async def expire() -> None:
        async with parts.db.transaction() as tx:
            await release(tx, (await job_row(parts.db, job_id))["hold_id"])

    engine.meanwhile = expire
    await process(parts, job_id, interactive=True)
    assert (await job_row(parts.db, job_id))["error_code"] == "CREDITS_RELEASED"
    assert (await balance_of(parts.db, user_id)).available == 100
    assert await outputs(parts) == []


async def test_a_database_that_goes_away_counts_as_no_failure(parts: Parts, engine: ScriptedEngine) -> None:
    _, job_id = await one(parts)
    engine.made = DatabaseUnavailable("away")
    with pytest.raises(DatabaseUnavailable):
        await process(parts, job_id, interactive=True)
    row = await job_row(parts.db, job_id)
    assert (row["status"], row["failures"]) == ("processing", 0)


BATCHES = [
    ((MADE, MADE), "completed"),
    ((MADE, replace(MADE, found=False)), "partial"),
    ((replace(MADE, found=False), replace(MADE, found=False)), "failed"),
]


@pytest.mark.parametrize(("made", "status"), BATCHES)
async def test_a_batch_ends_with_its_last_job(
    parts: Parts, engine: ScriptedEngine, made: tuple[object, object], status: str
) -> None:
    user_id = await new_account(parts.db, 100)
    ids = await submit(parts.db, parts.storage, user_id, [PICTURE] * 2, batch=True)
    for number, (job_id, each) in enumerate(zip(ids, made, strict=True)):
        batch = await batch_row(parts.db, ids[0])
        assert batch["status"] == ("processing" if number else "pending")
        engine.made = each  # type: ignore[assignment]
        await process(parts, job_id, interactive=False)
    batch = await batch_row(parts.db, ids[0])
    assert (batch["status"], batch["processed_images"]) == (status, made.count(MADE))
    assert batch["started_at"] <= batch["completed_at"]
    assert await what_is_wrong(parts.db, parts.storage) == []


async def test_a_batch_of_which_some_were_cancelled_is_partial(parts: Parts) -> None:
    user_id = await new_account(parts.db, 100)
    ids = await submit(parts.db, parts.storage, user_id, [PICTURE] * 3, batch=True)
    await request_cancel(parts.db, ids[1])
    await asyncio.gather(*(process(parts, job_id, interactive=False) for job_id in ids))
    batch = await batch_row(parts.db, ids[0])
    assert (batch["status"], batch["processed_images"], batch["cancelled_images"]) == ("partial", 2, 1)


async def test_listeners_hear_of_start_and_end_with_ids_alone(parts: Parts, database_url: str) -> None:
    user_id = await new_account(parts.db, 100)
    (job_id,) = await submit(parts.db, parts.storage, user_id, [PICTURE], batch=True)
    batch_id = (await batch_row(parts.db, job_id))["id"]
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
        await connection.execute(f"LISTEN {events.CHANNEL}")
        await process(parts, job_id, interactive=False)
        heard = [json.loads(each.payload) async for each in connection.notifies(timeout=5, stop_after=3)]
    job = {"user": str(user_id), "job": str(job_id), "batch": str(batch_id)}
    assert sorted(heard, key=str) == sorted([job, job, {**job, "job": None}], key=str)


async def test_a_job_that_outlived_its_workers_fails_uncharged(parts: Parts) -> None:
    user_id, job_id = await one(parts)
    await give_up(parts, job_id)
    assert (await job_row(parts.db, job_id))["error_code"] == "PROCESSING_FAILED"
    assert (await balance_of(parts.db, user_id)).available == 100
    _, done = await one(parts)
    await process(parts, done, interactive=True)
    await give_up(parts, done)
    assert (await job_row(parts.db, done))["status"] == "completed"


async def test_jobs_that_the_queue_lost_are_queued_again_or_ended(parts: Parts) -> None:
    user_id = await new_account(parts.db, 100)
    lost, failed, fine, hopeless = await submit(parts.db, parts.storage, user_id, [PICTURE] * 4)
    now = utc_now() + timedelta(minutes=5)
    assert await requeue_lost(parts.db, now) == Found()
    number = "(SELECT queue_job_id FROM background_removal_jobs WHERE id = :id)"
    async with parts.db.transaction() as tx:
        for job_id in (lost, hopeless):
            await tx.execute(text(f"DELETE FROM procrastinate_jobs WHERE id = {number}"), {"id": job_id})
        failing = f"UPDATE procrastinate_jobs SET status = 'failed' WHERE id = {number}"
        await tx.execute(text(failing), {"id": failed})
        await tx.execute(update(jobs).where(jobs.c.id == hopeless).values(failures=MOST_FAILURES - 1))
    assert await requeue_lost(parts.db, utc_now()) == Found()  # it may be in the making
    assert await requeue_lost(parts.db, now) == Found(requeued=1, failed=2)
    assert await requeue_lost(parts.db, now) == Found()
    states = [(await job_row(parts.db, job_id))["status"] for job_id in (lost, failed, fine, hopeless)]
    assert states == ["pending", "failed", "pending", "failed"]
    assert (await balance_of(parts.db, user_id)).held == 16
