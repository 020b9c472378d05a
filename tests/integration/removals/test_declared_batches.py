"""Batches whose files are put one by one: nothing is reserved until the start, which happens once."""

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest

from lumiku.core.clock import utc_now
from lumiku.core.db import Database
from lumiku.core.errors import InvalidInput
from lumiku.core.page import Page
from lumiku.credits.errors import InsufficientCredits
from lumiku.credits.model import Balance
from lumiku.pricing.quote import Quote
from lumiku.removals.cancel import cancel_batch, cancel_job
from lumiku.removals.declare_batch import Declared, declare_batch
from lumiku.removals.errors import BatchTooLarge, InvalidItems, NoSuchJob, PriceChanged, QueueFull, WrongState
from lumiku.removals.model import Batch, Job, Source
from lumiku.removals.orders import quote_of
from lumiku.removals.put_item import check_item, put_item
from lumiku.removals.read import find_batch, jobs_of_batch, list_jobs
from lumiku.removals.settings import RemovalsSettings
from lumiku.removals.start_batch import start_batch
from lumiku.removals.submit_batch import BatchOrder
from support.credits import balance_of, new_account
from support.submissions import Customer, TestRules, assert_sound, everything, queued, source


class Uploader(Customer):
    """An account that uploads file by file."""

    async def declare(self, *names: str, tier: str = "standard", size: int | None = None) -> Batch:
        async with self.db.transaction() as tx:
            declared = [Declared(name, size) for name in names]
            return (
                await declare_batch(tx, self.id, declared, BatchOrder(tier), rules=self.rules, now=utc_now())
            )[0]

    async def put(self, batch: UUID, position: int, given: Source | None = None) -> tuple[Job, str | None]:
        async with self.db.transaction() as tx:
            await check_item(tx, self.id, batch, position)
            return await put_item(tx, self.id, batch, position, given or source(position), rules=self.rules)

    async def start(
        self, batch: UUID, *, skip_missing: bool = False, most: int | None = None
    ) -> tuple[Batch, Quote]:
        async with self.db.transaction() as tx:
            return await start_batch(
                tx, self.id, batch, rules=self.rules, now=utc_now(), skip_missing=skip_missing, most=most
            )

    async def items(self, batch: UUID) -> list[Job]:
        async with self.db.transaction() as tx:
            return list((await jobs_of_batch(tx, self.id, batch)).items)


async def test_a_declared_batch_costs_nothing_until_it_is_started(db: Database) -> None:
    who = Uploader(db, await new_account(db, 100))
    batch = await who.declare("a.png", "b.png", "c.png")
    assert (batch.status, batch.queued_at, batch.total_images) == ("pending", None, 3)
    for position in (2, 0, 1):
        job, replaced = await who.put(batch.id, position)
        assert (job.position, job.status, replaced) == (position, "pending", None)
    assert await balance_of(db, who.id) == Balance(100, 0)
    assert await queued(db) == 0
    started, quoted = await who.start(batch.id)
    assert started.queued_at is not None
    assert quoted.final_credits == 24 == (await balance_of(db, who.id)).held
    assert await queued(db) == 3
    await assert_sound(db)


async def test_starting_again_and_by_twins_is_one_charge(db: Database) -> None:
    who = Uploader(db, await new_account(db, 100))
    batch = await who.declare("a.png")
    await who.put(batch.id, 0)
    answers = await asyncio.gather(*(who.start(batch.id) for _ in range(6)))
    assert len({answer[0].queued_at for answer in answers}) == 1
    assert await who.start(batch.id) == answers[0]
    assert await balance_of(db, who.id) == Balance(100, 8)
    assert await queued(db) == 1


async def test_missing_files_are_named_and_nothing_is_charged(db: Database) -> None:
    who = Uploader(db, await new_account(db, 100))
    batch = await who.declare("a.png", "b.png", "c.png")
    await who.put(batch.id, 1)
    before = await everything(db)
    with pytest.raises(InvalidItems) as refused:
        await who.start(batch.id)
    assert [(item["index"], item["name"]) for item in refused.value.details["items"]] == [
        (0, "a.png"),
        (2, "c.png"),
    ]
    assert await everything(db) == before
    started, quoted = await who.start(batch.id, skip_missing=True)
    assert (started.cancelled_images, quoted.image_count, quote_of(started)) == (2, 1, quoted)
    assert [job.status for job in await who.items(batch.id)] == ["cancelled", "pending", "cancelled"]
    assert (await balance_of(db, who.id)).held == 8
    await assert_sound(db)


async def test_a_batch_without_any_file_does_not_start(db: Database) -> None:
    who = Uploader(db, await new_account(db, 100))
    batch = await who.declare("a.png")
    with pytest.raises(InvalidInput):
        await who.start(batch.id, skip_missing=True)
    assert [job.status for job in await who.items(batch.id)] == ["pending"]


async def test_a_start_that_cannot_be_paid_leaves_the_files_and_may_be_tried_again(db: Database) -> None:
    who = Uploader(db, await new_account(db, 10))
    batch = await who.declare("a.png", "b.png")
    await who.put(batch.id, 0)
    await who.put(batch.id, 1)
    before = await everything(db)
    with pytest.raises(InsufficientCredits):
        await who.start(batch.id)
    assert await everything(db) == before
    async with db.transaction() as tx:
        await cancel_job(tx, who.id, (await who.items(batch.id))[0].id, now=utc_now())
    started, quoted = await who.start(batch.id)  # what is left costs 8
    assert (quoted.final_credits, started.cancelled_images) == (8, 1)
    await assert_sound(db)


async def test_what_costs_more_than_was_agreed_to_does_not_start(db: Database) -> None:
    who = Uploader(db, await new_account(db, 100))
    batch = await who.declare("a.png", "b.png")
    await who.put(batch.id, 0)
    await who.put(batch.id, 1)
    before = await everything(db)
    with pytest.raises(PriceChanged) as refused:
        await who.start(batch.id, most=15)
    assert refused.value.details == {"required": 16, "agreed": 15}
    assert await everything(db) == before
    await who.start(batch.id, most=16)
    assert (await balance_of(db, who.id)).held == 16


async def test_putting_again_replaces_the_file_and_says_which_one_goes(db: Database) -> None:
    who = Uploader(db, await new_account(db, 100))
    batch = await who.declare("a.png")
    await who.put(batch.id, 0, source(1))
    job, replaced = await who.put(batch.id, 0, replace(source(2), name=""))
    assert (job.source_key, replaced) == (source(2).key, source(1).key)
    assert job.original_name == "cat 1.png"  # a file without a name keeps the one there was


async def test_files_are_put_only_where_and_while_they_may(db: Database) -> None:
    small = TestRules(RemovalsSettings(max_batch_bytes=2_500, max_bytes=2_000))
    who = Uploader(db, await new_account(db, 100), small)
    batch = await who.declare("a.png", "b.png", "c.png")
    with pytest.raises(NoSuchJob):
        await who.put(batch.id, 3)
    await who.put(batch.id, 0)
    await who.put(batch.id, 1)
    with pytest.raises(BatchTooLarge):
        await who.put(batch.id, 2)
    await who.put(batch.id, 1)  # in its own place there is room
    await who.start(batch.id, skip_missing=True)
    with pytest.raises(WrongState):
        await who.put(batch.id, 0)
    with pytest.raises(InvalidItems) as refused:
        await who.declare("big.png", size=2_001)
    assert refused.value.details["items"][0]["code"] == "FILE_TOO_LARGE"
    with pytest.raises(BatchTooLarge):
        await who.declare("a", "b", size=1_500)


async def test_a_cancelled_declaration_takes_no_files_and_does_not_start(db: Database) -> None:
    who = Uploader(db, await new_account(db, 100))
    batch = await who.declare("a.png", "b.png")
    await who.put(batch.id, 0)
    async with db.transaction() as tx:
        cancelled = await cancel_batch(tx, who.id, batch.id, now=utc_now())
    assert (cancelled.status, cancelled.cancelled_images) == ("cancelled", 2)
    with pytest.raises(WrongState):
        await who.put(batch.id, 1)
    with pytest.raises(WrongState):
        await who.start(batch.id)
    await assert_sound(db)


async def test_batches_that_are_only_declared_are_few(db: Database) -> None:
    who = Uploader(db, await new_account(db, 100), TestRules(RemovalsSettings(max_open_batches=2)))
    outcomes = await asyncio.gather(*(who.declare("a.png") for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(each, Batch) for each in outcomes) == 2
    assert sum(isinstance(each, QueueFull) for each in outcomes) == 3


async def test_start_against_cancel_is_one_or_the_other(db: Database) -> None:
    for _ in range(6):
        who = Uploader(db, await new_account(db, 100))
        batch = await who.declare("a.png", "b.png")
        await who.put(batch.id, 0)
        await who.put(batch.id, 1)

        async def cancel(user_id: UUID = who.id, batch_id: UUID = batch.id) -> Batch:
            async with db.transaction() as tx:
                return await cancel_batch(tx, user_id, batch_id, now=utc_now())

        await asyncio.gather(who.start(batch.id), cancel(), return_exceptions=True)
        async with db.transaction() as tx:
            assert (await find_batch(tx, who.id, batch.id)).status == "cancelled"
        assert await balance_of(db, who.id) == Balance(100, 0)
        assert await queued(db) == 0
    await assert_sound(db)


async def test_items_of_a_declaration_are_not_among_the_jobs(db: Database) -> None:
    who = Uploader(db, await new_account(db, 100))
    batch = await who.declare("a.png")
    async with db.transaction() as tx:
        assert (await list_jobs(tx, who.id, Page())).total == 0
    await who.put(batch.id, 0)
    await who.start(batch.id)
    async with db.transaction() as tx:
        assert (await list_jobs(tx, who.id, Page())).total == 1
