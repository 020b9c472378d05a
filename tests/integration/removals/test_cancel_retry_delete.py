"""Cancelling, trying again and deleting, also while a worker is at it."""

import asyncio
from collections.abc import Awaitable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from lumiku.core.clock import utc_now
from lumiku.core.db import Database
from lumiku.core.errors import LumikuError
from lumiku.credits.errors import InsufficientCredits
from lumiku.credits.ledger import grant
from lumiku.credits.model import Balance
from lumiku.removals.cancel import cancel_batch, cancel_job
from lumiku.removals.delete import delete_batch, delete_job
from lumiku.removals.engine import OrderFailed
from lumiku.removals.errors import NoSuchBatch, NoSuchJob, WrongState
from lumiku.removals.model import Job
from lumiku.removals.process import Parts, process
from lumiku.removals.read import find_batch, find_job, jobs_of_batch
from lumiku.removals.retry import retry_job
from lumiku.removals.submit_batch import BatchOrder
from lumiku.storage.errors import FileExpired
from support.credits import balance_of, new_account, unique
from support.removals import MADE, ScriptedEngine, what_is_wrong
from support.submissions import RULES, Customer, assert_sound, queued, stored_source

DAMAGED = OrderFailed("UNREADABLE_IMAGE", "damaged", passing=False)


class Owner(Customer):
    """An account that changes its mind."""

    async def _do(self, use_case: Any, wanted: UUID, **more: object) -> Any:
        async with self.db.transaction() as tx:
            return await use_case(tx, self.id, wanted, now=utc_now(), **more)

    async def cancel(self, job_id: UUID) -> Job:
        return await self._do(cancel_job, job_id)

    async def cancel_batch(self, batch_id: UUID) -> Any:
        return await self._do(cancel_batch, batch_id)

    async def retry(self, job_id: UUID) -> Job:
        return await self._do(retry_job, job_id, rules=RULES)

    async def delete(self, job_id: UUID) -> list[str]:
        return await self._do(delete_job, job_id)

    async def delete_batch(self, batch_id: UUID) -> list[str]:
        return await self._do(delete_batch, batch_id)

    async def job(self, job_id: UUID) -> Job:
        async with self.db.transaction() as tx:
            return await find_job(tx, self.id, job_id)

    async def items(self, batch_id: UUID) -> list[Job]:
        async with self.db.transaction() as tx:
            return list((await jobs_of_batch(tx, self.id, batch_id)).items)

    async def batch(self, batch_id: UUID) -> Any:
        async with self.db.transaction() as tx:
            return await find_batch(tx, self.id, batch_id)


@pytest.fixture
async def who(db: Database) -> Owner:
    return Owner(db, await new_account(db, 1000))


async def three(who: Owner, parts: Parts) -> tuple[UUID, list[Job]]:
    """A batch of three stored pictures, and its jobs."""
    sources = [await stored_source(parts.storage) for _ in range(3)]
    batch, _ = await who.submit_sources(sources, BatchOrder("standard"))
    return batch.id, await who.items(batch.id)


async def test_a_waiting_job_is_cancelled_and_its_credits_are_free(
    db: Database, who: Owner, parts: Parts, engine: ScriptedEngine
) -> None:
    job = await who.submit(await stored_source(parts.storage))
    cancelled = await who.cancel(job.id)
    assert (cancelled.status, cancelled.credits_used) == ("cancelled", 0)
    assert await who.cancel(job.id) == await who.job(job.id)  # again changes nothing
    assert await balance_of(db, who.id) == Balance(1000, 0)
    assert await queued(db) == 0
    await process(parts, job.id, interactive=True)  # a worker that had taken it already
    assert engine.orders == []
    await assert_sound(db)


async def test_a_running_job_that_is_cancelled_is_not_charged_when_it_comes_out(
    db: Database, who: Owner, parts: Parts, engine: ScriptedEngine
) -> None:
    job = await who.submit(await stored_source(parts.storage))

    async def cancel() -> None:
        await who.cancel(job.id)
        assert await balance_of(db, who.id) == Balance(1000, 0)

    engine.meanwhile = cancel
    await process(parts, job.id, interactive=True)
    assert (await who.job(job.id)).status == "cancelled"
    assert await what_is_wrong(db, parts.storage) == []
    assert await balance_of(db, who.id) == Balance(1000, 0)


async def test_what_came_out_cannot_be_cancelled_or_tried_again(who: Owner, parts: Parts) -> None:
    job = await who.submit(await stored_source(parts.storage))
    await process(parts, job.id, interactive=True)
    with pytest.raises(WrongState, match="completed"):
        await who.cancel(job.id)
    with pytest.raises(WrongState, match="completed"):
        await who.retry(job.id)


async def test_a_batch_that_is_cancelled_keeps_and_charges_what_had_come_out(
    db: Database, who: Owner, parts: Parts
) -> None:
    batch_id, items = await three(who, parts)
    await process(parts, items[0].id, interactive=False)
    batch = await who.cancel_batch(batch_id)
    assert (batch.status, batch.processed_images, batch.cancelled_images) == ("cancelled", 1, 2)
    assert batch.percentage == 100
    assert await who.cancel_batch(batch_id) == batch
    for job in items[1:]:
        await process(parts, job.id, interactive=False)
    assert [job.status for job in await who.items(batch_id)] == ["completed", "cancelled", "cancelled"]
    assert await balance_of(db, who.id) == Balance(992, 0)
    assert await queued(db) == 1  # that of the job which was processed past the queue
    assert await what_is_wrong(db, parts.storage) == []


async def test_a_batch_that_has_ended_cannot_be_cancelled(who: Owner, parts: Parts) -> None:
    batch_id, items = await three(who, parts)
    for job in items:
        await process(parts, job.id, interactive=False)
    with pytest.raises(WrongState, match="completed"):
        await who.cancel_batch(batch_id)


async def test_a_failed_picture_is_tried_again_at_its_price(
    db: Database, who: Owner, parts: Parts, engine: ScriptedEngine
) -> None:
    job = await who.submit(await stored_source(parts.storage))
    engine.made = DAMAGED
    await process(parts, job.id, interactive=True)
    failed = await who.job(job.id)
    assert (failed.status, failed.error_code) == ("failed", "UNREADABLE_IMAGE")
    again = await who.retry(job.id)
    assert (again.status, again.error_code, again.price) == ("pending", None, 8)
    assert again.attempt > failed.attempt
    assert await balance_of(db, who.id) == Balance(1000, 8)
    with pytest.raises(WrongState):
        await who.retry(job.id)
    engine.made = MADE
    await process(parts, job.id, interactive=True)
    assert (await who.job(job.id)).credits_used == 8
    assert await balance_of(db, who.id) == Balance(992, 0)
    assert await what_is_wrong(db, parts.storage) == []


async def test_twins_that_try_again_are_one_charge(
    db: Database, who: Owner, parts: Parts, engine: ScriptedEngine
) -> None:
    job = await who.submit(await stored_source(parts.storage))
    await who.cancel(job.id)
    outcomes = await asyncio.gather(*(who.retry(job.id) for _ in range(6)), return_exceptions=True)
    assert sum(isinstance(each, Job) for each in outcomes) == 1
    assert sum(isinstance(each, WrongState) for each in outcomes) == 5
    assert await balance_of(db, who.id) == Balance(1000, 8)
    assert await queued(db) == 1
    await assert_sound(db)


async def test_an_item_tried_again_has_its_batch_run_again(
    db: Database, who: Owner, parts: Parts, engine: ScriptedEngine
) -> None:
    batch_id, items = await three(who, parts)
    engine.made = DAMAGED
    await process(parts, items[0].id, interactive=False)
    engine.made = MADE
    for job in items[1:]:
        await process(parts, job.id, interactive=False)
    assert (await who.batch(batch_id)).status == "partial"
    await who.retry(items[0].id)
    running = await who.batch(batch_id)
    assert (running.status, running.failed_images, running.completed_at) == ("processing", 0, None)
    await process(parts, items[0].id, interactive=False)
    done = await who.batch(batch_id)
    assert (done.status, done.processed_images, done.failed_images) == ("completed", 3, 0)
    assert await what_is_wrong(db, parts.storage) == []


async def test_an_item_that_was_cancelled_is_tried_again_and_charged_anew(
    db: Database, who: Owner, parts: Parts
) -> None:
    batch_id, items = await three(who, parts)
    await who.cancel(items[1].id)
    assert await balance_of(db, who.id) == Balance(1000, 16)
    assert (await who.retry(items[1].id)).price == items[1].price
    assert await balance_of(db, who.id) == Balance(1000, 24)
    for job in items:
        await process(parts, job.id, interactive=False)
    done = await who.batch(batch_id)
    assert (done.status, done.processed_images, done.cancelled_images) == ("completed", 3, 0)
    assert await balance_of(db, who.id) == Balance(976, 0)
    assert await what_is_wrong(db, parts.storage) == []


async def test_what_cannot_be_paid_or_is_no_longer_kept_is_not_tried_again(
    db: Database, parts: Parts, owner_url: str
) -> None:
    who = Owner(db, await new_account(db, 8))
    job = await who.submit(await stored_source(parts.storage))
    await who.cancel(job.id)
    other = await who.submit(await stored_source(parts.storage))
    with pytest.raises(InsufficientCredits):
        await who.retry(job.id)
    assert (await who.job(job.id)).status == "cancelled"
    async with db.transaction() as tx:
        await grant(tx, who.id, 8, unique("grant"), kind="grant")
        await tx.execute(text("UPDATE background_removal_jobs SET source_expired_at = now()"))
    with pytest.raises(FileExpired):
        await who.retry(job.id)
    async with db.transaction() as tx:  # and then all of the job
        over = text("UPDATE background_removal_jobs SET status = 'expired' WHERE id = :id")
        await tx.execute(over, {"id": job.id})
    with pytest.raises(FileExpired):
        await who.retry(job.id)
    assert await balance_of(db, who.id) == Balance(16, other.price)


async def test_only_what_has_ended_is_deleted_and_then_it_is_gone(
    db: Database, who: Owner, parts: Parts
) -> None:
    job = await who.submit(await stored_source(parts.storage))
    with pytest.raises(WrongState, match="cancel it first"):
        await who.delete(job.id)
    await process(parts, job.id, interactive=True)
    done = await who.job(job.id)
    files = await who.delete(job.id)
    assert set(files) == {done.source_key, done.result_key, done.matte_key, done.thumbnail_key}
    for gone in (who.job, who.delete, who.cancel, who.retry):
        with pytest.raises(NoSuchJob):
            await gone(job.id)


async def test_a_deleted_batch_takes_its_jobs_and_files_with_it(who: Owner, parts: Parts) -> None:
    batch_id, items = await three(who, parts)
    with pytest.raises(WrongState, match="cancel it first"):
        await who.delete_batch(batch_id)
    await process(parts, items[0].id, interactive=False)
    await who.cancel_batch(batch_id)
    assert len(await who.delete_batch(batch_id)) == 3 + 3
    with pytest.raises(NoSuchBatch):
        await who.batch(batch_id)
    with pytest.raises(NoSuchJob):
        await who.job(items[0].id)


async def test_cancel_against_completion_is_one_or_the_other(db: Database, who: Owner, parts: Parts) -> None:
    outcomes = set()
    for _ in range(12):
        job = await who.submit(await stored_source(parts.storage))
        await both(process(parts, job.id, interactive=True), who.cancel(job.id))
        outcomes.add((await who.job(job.id)).status)
    assert outcomes <= {"completed", "cancelled"}
    assert await what_is_wrong(db, parts.storage) == []


async def test_cancelling_a_batch_while_it_runs_and_is_tried_again_never_deadlocks(
    db: Database, who: Owner, parts: Parts, engine: ScriptedEngine
) -> None:
    for number in range(4):
        batch_id, items = await three(who, parts)
        engine.made = DAMAGED if number % 2 else MADE
        await both(
            *(process(parts, job.id, interactive=False) for job in items),
            who.cancel_batch(batch_id),
            who.cancel(items[2].id),
            who.retry(items[1].id),
        )
        if (await who.batch(batch_id)).active:  # the one tried again came after the batch was cancelled
            await who.cancel_batch(batch_id)
    assert await what_is_wrong(db, parts.storage) == []


async def both(*work: Awaitable[object]) -> None:
    """At once; an error of ours is an outcome, any other is none."""
    for outcome in await asyncio.gather(*work, return_exceptions=True):
        if isinstance(outcome, BaseException) and not isinstance(outcome, LumikuError):
            raise outcome
