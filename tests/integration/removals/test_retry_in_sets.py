"""A batch tried again as a whole: few statements, and the same end as one picture after the other."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.db import Database
from lumiku.credits.audit import audit
from lumiku.credits.errors import InsufficientCredits
from lumiku.removals.cancel import cancel_job
from lumiku.removals.errors import QueueFull
from lumiku.removals.finish import Ending, end_job
from lumiku.removals.model import Job
from lumiku.removals.orders import quote_of
from lumiku.removals.payment import Payment
from lumiku.removals.read import find_batch
from lumiku.removals.retry import retry_job
from lumiku.removals.retry_batch import retry_batch
from lumiku.removals.settings import RemovalsSettings
from lumiku.subscriptions.errors import QuotaExceeded
from support.credits import balance_of
from support.submissions import Customer, TestRules, assert_sound, everything
from support.subscriptions import Subscriber, subscriber

ENDS = ("failed", "cancelled")

STATE = """
    SELECT id, status, attempt, failures, pricing_type, price, usage_id, credits_used, error_code,
        error_message, completed_at, cancel_requested_at, started_at, queued_at
        FROM background_removal_jobs ORDER BY id;
    SELECT id, status, processed_images, failed_images, cancelled_images, completed_at, cancelled_at, pricing
        FROM background_removal_batches ORDER BY id;
    SELECT job.id, hold.status, hold.amount, hold.expires_at, hold.reference LIKE concat('job:', job.id, '%')
        FROM background_removal_jobs AS job JOIN credit_holds AS hold ON hold.id = job.hold_id
        ORDER BY job.id;
    SELECT count(*), sum(amount) FROM credit_holds WHERE status = 'open';
    SELECT count(*), sum(amount) FROM credit_entries;
    SELECT user_id, balance, held FROM credit_accounts ORDER BY user_id;
    SELECT id, used, premium_used FROM background_remover_subscription_usage ORDER BY id;
    SELECT account_id, interactive, tag FROM queue_fairness ORDER BY account_id, interactive;
    SELECT job.id, queued.queue_name, queued.task_name, queued.priority, queued.status, queued.args,
        rank() OVER (ORDER BY queued.id) FROM procrastinate_jobs AS queued
        JOIN background_removal_jobs AS job ON job.queue_job_id = queued.id ORDER BY job.id
"""


def customer(who: Subscriber, rules: TestRules | None = None) -> Customer:
    return Customer(who.db, who.id, rules or TestRules(), clock=who.clock)


async def jobs_of(tx: AsyncConnection, batch_id: UUID, *statuses: str) -> list[UUID]:
    wanted = "SELECT id FROM background_removal_jobs WHERE batch_id = :batch AND status = ANY(:statuses)"
    values = {"batch": batch_id, "statuses": list(statuses)}
    return list((await tx.execute(text(f"{wanted} ORDER BY position"), values)).scalars())


async def all_failed(who: Subscriber, count: int, payment: Payment = "auto") -> UUID:
    batch, _ = await customer(who).submit_batch(count, "basic", payment)
    async with who.db.transaction() as tx:
        for job_id in await jobs_of(tx, batch.id, "pending"):
            await end_job(tx, Ending(job_id, "failed", error_code="X", error_message="x"), now=who.now)
    return batch.id


async def state(tx: AsyncConnection) -> list[Sequence[Row[Any]]]:
    """All that trying again may change, but for the numbers and ids that are new each time."""
    return [(await tx.execute(text(query))).all() for query in STATE.split(";")]


async def try_again(who: Subscriber, batch_id: UUID, rules: TestRules | None = None) -> Sequence[Job]:
    async with who.db.transaction() as tx:
        return (await retry_batch(tx, who.id, batch_id, rules=rules or TestRules(), now=who.now)).jobs


async def test_forty_pictures_take_no_more_statements_than_ten(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = await subscriber(db, 1000, plan="starter")
    ten, forty = await all_failed(who, 10, "credits"), await all_failed(who, 40, "credits")
    said: list[object] = []
    execute = psycopg.AsyncCursor.execute

    async def counted(self: psycopg.AsyncCursor, query: object, *more: object, **named: object) -> object:
        said.append(query)
        return await execute(self, query, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(psycopg.AsyncCursor, "execute", counted)
    counts = []
    for batch_id, number in ((ten, 10), (forty, 40)):
        said.clear()
        assert len(await try_again(who, batch_id)) == number
        counts.append(len(said))
    assert 0 < counts[0] == counts[1]
    await assert_sound(db)


async def test_all_at_once_ends_as_one_after_the_other(db: Database) -> None:
    """Both from the very same state: what the first way did is rolled back."""
    who = await subscriber(db, 1000, plan="starter")  # 50 pictures a day
    mine = customer(who)
    await mine.submit_batch(45, "basic")
    batch, quoted = await mine.submit_batch(12, "basic")
    assert quoted.quota_images == 5
    async with db.transaction() as tx:
        ids = await jobs_of(tx, batch.id, "pending")
        for job_id in ids[0:2] + ids[4:8]:
            await end_job(tx, Ending(job_id, "failed", error_code="X", error_message="x"), now=who.now)
        await end_job(tx, Ending(ids[2], "completed"), now=who.now)
        for job_id in (ids[3], ids[8], ids[11]):
            await cancel_job(tx, who.id, job_id, now=who.now)
        gone = text("UPDATE background_removal_jobs SET source_expired_at = now() WHERE id = :id")
        await tx.execute(gone, {"id": ids[7]})
    await mine.submit(tier="basic")  # takes a part of the quota that came back

    async with db.transaction() as tx:
        before, first = await state(tx), await tx.begin_nested()
        singles = [each for each in await jobs_of(tx, batch.id, *ENDS) if each != ids[7]]
        one_by_one = [await retry_job(tx, who.id, each, rules=TestRules(), now=who.now) for each in singles]
        wanted = await state(tx)
        await first.rollback()
        assert await state(tx) == before
        done = await retry_batch(tx, who.id, batch.id, rules=TestRules(), now=who.now, statuses=ENDS)
        assert await state(tx) == wanted != before
    assert [job.id for job in done.jobs] == [job.id for job in one_by_one]
    assert [(job.id, code) for job, code in done.left] == [(ids[7], "FILE_EXPIRED")]
    assert Counter(job.pricing_type for job in done.jobs) == {"subscription": 3, "credits": 5}
    assert await audit(db) == []


async def test_the_batch_shows_what_it_costs_by_then(db: Database) -> None:
    who = await subscriber(db, 1000, plan="starter")  # 50 pictures a day
    mine = customer(who)
    batch, quoted = await mine.submit_batch(4, "basic")
    assert (quoted.quota_images, quoted.final_credits) == (4, 0)
    async with db.transaction() as tx:
        for job_id in (await jobs_of(tx, batch.id, "pending"))[2:]:
            await cancel_job(tx, who.id, job_id, now=who.now)
    await mine.submit_batch(48, "basic")  # all that is left of the quota
    async with db.transaction() as tx:
        await retry_batch(tx, who.id, batch.id, rules=TestRules(), now=who.now, statuses=ENDS)
        shown = quote_of(await find_batch(tx, who.id, batch.id))
    assert (shown.image_count, shown.quota_images, shown.credit_images) == (4, 2, 2)
    assert (shown.base_credits, shown.final_credits, shown.cost_idr) == (6, 6, 600)
    assert (await balance_of(db, who.id)).held == 6


async def test_all_of_them_or_none(db: Database) -> None:
    who, poor = await subscriber(db, 1000, plan="starter"), await subscriber(db, 31)
    by_credits, by_quota = await all_failed(who, 10, "credits"), await all_failed(who, 10, "subscription")
    await customer(who).submit_batch(44, "basic", "subscription")
    unpayable = await all_failed(poor, 10)
    await customer(poor).submit_batch(5, "basic")
    before = await everything(db)
    narrow = replace(TestRules(), removals=RemovalsSettings(max_outstanding=53))
    with pytest.raises(QueueFull) as full:
        await try_again(who, by_credits, narrow)
    assert full.value.details["outstanding"] == 44
    with pytest.raises(QuotaExceeded) as spent:
        await try_again(who, by_quota)
    assert (spent.value.details["required"], spent.value.details["remaining"]) == (10, 6)
    with pytest.raises(InsufficientCredits):
        await try_again(poor, unpayable)
    assert await everything(db) == before
    assert len(await try_again(who, by_credits)) == 10  # the control
