"""Submitting on a real PostgreSQL: price, shares and holds agree, and what is refused changes nothing."""

import asyncio
import json
from dataclasses import replace
from hashlib import sha256

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.clock import utc_now
from lumiku.core.db import Database
from lumiku.core.errors import InvalidInput, LumikuError
from lumiku.core.idempotency import Answer, IdempotencyConflict, Replayable, once
from lumiku.core.settings import ServerSettings
from lumiku.credits.errors import InsufficientCredits
from lumiku.credits.model import Balance
from lumiku.credits.tables import credit_holds
from lumiku.queue.names import REMOVE, REMOVE_NOW
from lumiku.removals.errors import BatchTooLarge, QueueFull
from lumiku.removals.model import Job
from lumiku.removals.orders import quote_of
from lumiku.removals.payment import Wish
from lumiku.removals.read import jobs_of_batch
from lumiku.removals.settings import RemovalsSettings
from lumiku.removals.submit import submit
from lumiku.removals.submit_batch import BatchOrder
from lumiku.storage.base import Storage
from support.credits import balance_of, new_account
from support.submissions import (
    RULES,
    Customer,
    TestRules,
    assert_sound,
    everything,
    keys_of,
    queue_order,
    queued,
    source,
    stored_source,
)


async def test_a_picture_is_reserved_recorded_and_queued(db: Database) -> None:
    who = Customer(db, await new_account(db, 100))
    job = await who.submit(options={"background_color": "#fff", "quality": 90})
    assert (job.status, job.tier, job.price, job.credits_used) == ("pending", "standard", 8, 0)
    assert job.options == {"background_color": "#fff"}  # what is as always is not kept
    assert (job.original_name, job.width, job.height, job.source_type) == ("cat 0.png", 80, 60, "png")
    assert await balance_of(db, who.id) == Balance(100, 8)
    assert await queued(db) == 1
    await assert_sound(db)


@pytest.mark.parametrize(
    ("count", "tier", "price"),
    [(1, "basic", 3), (19, "basic", 57), (20, "basic", 57), (33, "basic", 95), (51, "standard", 368)],
)
async def test_the_shares_of_a_batch_sum_to_its_price_and_are_what_is_held(
    db: Database, count: int, tier: str, price: int
) -> None:
    who = Customer(db, await new_account(db, 1000))
    batch, quoted = await who.submit_batch(count, tier)
    async with db.transaction() as tx:
        items = (await jobs_of_batch(tx, who.id, batch.id)).items
        holds = (await tx.execute(select(credit_holds.c.amount))).scalars().all()
    assert quoted.final_credits == price == sum(job.price for job in items) == sum(holds)
    assert max(holds) - min(holds) <= 1
    assert [job.position for job in items] == list(range(count))
    assert (await balance_of(db, who.id)).held == price
    assert quote_of(batch) == quoted
    assert await queued(db) == count
    await assert_sound(db)


REFUSED = {
    "tier": ("gold", {}),
    "option": ("basic", {"colour": "red"}),
    "value": ("basic", {"quality": 101}),
    "type": ("basic", {"crop": "yes"}),
    "two backgrounds": ("basic", {"background_color": "#fff", "background_blur": 3}),
    "stored and colour": ("basic", {"background_color": "#fff", "background_image_key": "k"}),
    "a model of one's choice": ("basic", {"model": "isnet"}),
    "a file of ours": ("basic", {"background_image": "/etc/passwd"}),
}


@pytest.mark.parametrize("reason", REFUSED)
async def test_what_makes_no_sense_is_refused_and_charges_nothing(db: Database, reason: str) -> None:
    who = Customer(db, await new_account(db, 1000))
    before = await everything(db)
    tier, options = REFUSED[reason]
    with pytest.raises(InvalidInput):
        await who.submit(tier=tier, options=options)
    with pytest.raises(InvalidInput):
        await who.submit_sources([source()], BatchOrder(tier, options))
    assert await everything(db) == before
    await who.submit(tier="basic")  # the negative control
    assert await everything(db) != before


async def test_orders_of_a_wrong_size_are_refused_and_charge_nothing(db: Database) -> None:
    small = TestRules(RemovalsSettings(max_batch_bytes=2_500))
    who = Customer(db, await new_account(db, 10_000), small)
    before = await everything(db)
    with pytest.raises(InvalidInput, match="at least one"):
        await who.submit_batch(0)
    with pytest.raises(BatchTooLarge, match="500 pictures"):
        await who.submit_batch(501)
    with pytest.raises(BatchTooLarge, match="bytes"):
        await who.submit_batch(3)
    with pytest.raises(InvalidInput, match="name"):
        await who.submit_sources([source()], BatchOrder("basic", name="a\nb"))
    assert await everything(db) == before
    await who.submit_batch(2)


async def test_too_few_credits_for_all_of_a_batch_reserve_nothing(db: Database) -> None:
    who = Customer(db, await new_account(db, 23))
    before = await everything(db)
    with pytest.raises(InsufficientCredits) as refused:
        await who.submit_batch(3)
    assert refused.value.details == {"required": 24, "available": 23}
    assert await everything(db) == before


async def test_the_cap_on_waiting_work_holds_also_for_twins(db: Database) -> None:
    who = Customer(db, await new_account(db, 1000), TestRules(RemovalsSettings(max_outstanding=3)))
    outcomes = await asyncio.gather(*(who.submit() for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(each, Job) for each in outcomes) == 3
    refused = [each for each in outcomes if isinstance(each, QueueFull)]
    assert len(refused) == 5
    assert refused[0].retry_after_s > 0
    with pytest.raises(QueueFull):
        await who.submit_batch(1)
    assert await balance_of(db, who.id) == Balance(1000, 24)
    other = Customer(db, await new_account(db, 1000), who.rules)
    await other.submit()  # the cap is each account's own
    await assert_sound(db)


async def test_an_open_server_charges_nothing_and_still_has_its_cap(db: Database) -> None:
    free = TestRules(RemovalsSettings(max_outstanding=2), server=ServerSettings(open=True))
    who = Customer(db, await new_account(db), free)
    outcomes = await asyncio.gather(*(who.submit() for _ in range(6)), return_exceptions=True)
    jobs = [each for each in outcomes if isinstance(each, Job)]
    assert len(jobs) == 2
    assert {(job.pricing_type, job.price, job.hold_id) for job in jobs} == {("free", 0, None)}
    assert sum(isinstance(each, QueueFull) for each in outcomes) == 4


async def test_the_same_request_again_is_one_job_and_one_charge(db: Database) -> None:
    user_id = await new_account(db, 100)

    async def run(tx: AsyncConnection) -> Answer:
        job = await submit(tx, user_id, source(), Wish("standard"), {}, rules=RULES, now=utc_now())
        return Answer(202, {}, {"job": str(job.id)})

    async def ask(body: bytes) -> Replayable:
        return await once(
            db,
            account=str(user_id),
            route="POST /remove",
            key="k",
            request_hash=sha256(body).digest(),
            run=run,
            now=utc_now(),
        )

    answers = await asyncio.gather(*(ask(b"same") for _ in range(8)))
    assert len({json.dumps(each.answer.body) for each in answers}) == 1
    with pytest.raises(IdempotencyConflict):
        await ask(b"other")
    assert await balance_of(db, user_id) == Balance(100, 8)
    assert await queued(db) == 1


async def test_a_crash_between_storing_and_committing_leaves_only_a_file(
    db: Database, storage: Storage
) -> None:
    who = Customer(db, await new_account(db, 100))
    before = await everything(db)
    given = await stored_source(storage)

    async def crash() -> None:
        async with db.transaction() as tx:
            await submit(tx, who.id, given, Wish("standard"), {}, rules=RULES, now=utc_now())
            raise RuntimeError("crash")

    with pytest.raises(RuntimeError, match="crash"):
        await crash()
    assert await everything(db) == before
    assert await keys_of(storage) == {given.key}
    job = await who.submit(given)  # and the same file may be taken by a second try
    assert job.source_key == given.key
    await assert_sound(db)


async def test_no_other_error_than_ours_comes_out(db: Database) -> None:
    who = Customer(db, await new_account(db, 100))
    with pytest.raises(LumikuError):
        await who.submit(replace(source(), name="x" * 200), tier="x" * 1000)


async def test_a_single_picture_comes_before_one_s_own_batch(db: Database) -> None:
    who = Customer(db, await new_account(db, 100))
    await who.submit_batch(3)
    single = await who.submit()
    order = await queue_order(db)
    assert order[0] == (REMOVE_NOW.name, single.id)
    assert [task for task, _ in order[1:]] == [REMOVE.name] * 3
