"""Quota on a real PostgreSQL: never more than a plan holds, given back for what fails, as it was quoted."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.db import Database
from lumiku.core.settings import DatabaseSettings
from lumiku.credits.errors import InsufficientCredits
from lumiku.credits.model import Balance
from lumiku.pricing.quote import Quote
from lumiku.removals.cancel import cancel_batch, cancel_job
from lumiku.removals.errors import QueueFull
from lumiku.removals.finish import Ending, end_job
from lumiku.removals.model import Job
from lumiku.removals.payment import Payment, Wish, quote_for
from lumiku.removals.read import jobs_of_batch
from lumiku.removals.retry import retry_job
from lumiku.removals.settings import RemovalsSettings
from lumiku.subscriptions.errors import QuotaExceeded, TierNotAllowed
from lumiku.subscriptions.quota import reserve_quota
from lumiku.subscriptions.repository import find_locked
from lumiku.subscriptions.tables import background_remover_subscription_usage as usage
from support.credits import balance_of
from support.submissions import Customer, TestRules, assert_sound, everything
from support.subscriptions import Subscriber, subscriber


def customer(who: Subscriber, rules: TestRules | None = None) -> Customer:
    return Customer(who.db, who.id, rules or TestRules(), clock=who.clock)


async def used(who: Subscriber) -> tuple[int, int]:
    async with who.db.transaction() as tx:
        rows = (await tx.execute(select(usage.c.used, usage.c.premium_used))).all()
    return sum(row[0] for row in rows), sum(row[1] for row in rows)


async def quoted(who: Subscriber, count: int, tier: str, payment: Payment = "auto") -> Quote:
    async with who.db.transaction() as tx:
        wish = Wish(tier, payment)
        return await quote_for(tx, who.id, count, wish, rules=TestRules(), now=who.now)


async def end(who: Subscriber, job_id: UUID, status: str) -> None:
    failure = {"error_code": "X", "error_message": "x"} if status == "failed" else {}
    async with who.db.transaction() as tx:
        await end_job(tx, Ending(job_id, status, **failure), now=who.now)  # type: ignore[arg-type]


@pytest.fixture
async def wide(database_url: str) -> AsyncIterator[Database]:
    """With room for many requests at once, however busy the machine is."""
    opened = Database(database_url, DatabaseSettings(pool_size=30, pool_timeout_s=60, lock_timeout_s=60))
    yield opened
    await opened.close()


async def _until_wait(db: Database, count: int) -> None:
    query = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with asyncio.timeout(60):
        while True:
            async with db.transaction() as tx:
                if await tx.scalar(query) == count:
                    return
            await asyncio.sleep(0.01)


async def test_a_refund_or_payment_is_not_passed_by_submissions_that_come_later(wide: Database) -> None:
    who, done = await subscriber(wide, plan="starter"), []

    async def change() -> None:
        async with wide.transaction() as tx:
            await find_locked(tx, who.id)
            done.append("change")

    async def take(tx: AsyncConnection) -> None:
        await reserve_quota(tx, who.id, 1, "basic", settings=TestRules().subscriptions, now=who.now)

    async def submit_later() -> None:
        async with wide.transaction() as tx:
            await take(tx)
            done.append("submission")

    async with wide.transaction() as running:
        await take(running)
        waiting = [asyncio.create_task(change())]
        await _until_wait(wide, 1)
        waiting.append(asyncio.create_task(submit_later()))
        await _until_wait(wide, 2)
    await asyncio.gather(*waiting)
    assert done == ["change", "submission"]


async def test_a_hundred_requests_at_ten_left_get_exactly_ten(wide: Database) -> None:
    db = wide
    who = await subscriber(db, 10_000, plan="starter")
    mine = customer(who)
    await mine.submit_batch(40, "basic", "subscription")
    jobs = await asyncio.gather(*(mine.submit(tier="basic") for _ in range(100)))
    assert Counter(job.pricing_type for job in jobs) == {"subscription": 10, "credits": 90}
    assert await used(who) == (50, 0)
    assert (await balance_of(db, who.id)).held == 90 * 3
    with pytest.raises(QuotaExceeded) as refused:
        await mine.submit(tier="basic", payment="subscription")
    assert refused.value.details["remaining"] == 0
    assert refused.value.details["resetsAt"] == "2026-02-01T00:00:00+00:00"
    assert refused.value.retry_after_s == 14 * 3600
    who.wait(seconds=refused.value.retry_after_s - 1)
    with pytest.raises(QuotaExceeded):
        await mine.submit(tier="basic", payment="subscription")
    who.wait(seconds=1)
    assert (await mine.submit(tier="basic", payment="subscription")).pricing_type == "subscription"
    await assert_sound(db)


async def test_professional_and_industry_share_their_cap(wide: Database) -> None:
    who = await subscriber(wide, 100_000, plan="pro")
    mine = customer(who)
    tiers = ["professional", "industry"] * 40
    jobs = await asyncio.gather(*(mine.submit(tier=tier) for tier in tiers))
    assert sum(job.pricing_type == "subscription" for job in jobs) == 50
    assert await used(who) == (50, 50)
    with pytest.raises(QuotaExceeded):
        await mine.submit(tier="industry", payment="subscription")
    assert (await mine.submit(tier="standard")).pricing_type == "subscription"  # of the other 150
    assert await used(who) == (51, 50)


@pytest.mark.parametrize("tier", ["professional", "industry"])
async def test_a_tier_that_the_plan_lacks_is_paid_in_credits_or_refused(db: Database, tier: str) -> None:
    who = await subscriber(db, 100, plan="starter")
    before = await everything(db)
    with pytest.raises(TierNotAllowed) as refused:
        await customer(who).submit(tier=tier, payment="subscription")
    assert refused.value.code == "TIER_NOT_ALLOWED"
    assert await everything(db) == before
    assert (await customer(who).submit(tier=tier)).pricing_type == "credits"
    assert await used(who) == (0, 0)


async def test_without_a_plan_that_is_paid_there_is_no_quota(db: Database) -> None:
    """The negative controls: nobody, an unpaid one, a suspended one, one that is over."""
    who = await subscriber(db, 100)
    mine = customer(who)

    async def refused() -> None:
        with pytest.raises(TierNotAllowed):
            await mine.submit(tier="basic", payment="subscription")
        assert (await mine.submit(tier="basic")).pricing_type == "credits"

    await refused()
    invoice = await who.subscribe("pro")
    assert await who.state() == "pending_payment"
    await refused()
    await who.pay(invoice)
    await who.suspend()
    await refused()
    await who.resume()
    assert (await mine.submit(tier="basic", payment="subscription")).price == 0
    who.wait(days=28 + 7)  # the month to 28 February, and the grace
    await refused()


async def test_a_batch_is_split_and_its_discount_is_the_whole_ones(db: Database) -> None:
    who = await subscriber(db, 10_000, plan="starter")
    mine = customer(who)
    expected = await quoted(who, 60, "standard")
    batch, charged = await mine.submit_batch(60, "standard")
    assert charged == expected
    assert (charged.quota_images, charged.credit_images, charged.discount_percent) == (50, 10, 10)
    assert (charged.base_credits, charged.discount_credits, charged.final_credits) == (80, 8, 72)
    assert await balance_of(db, who.id) == Balance(10_000, 72)
    async with db.transaction() as tx:
        items = (await jobs_of_batch(tx, who.id, batch.id)).items
    assert [job.pricing_type for job in items] == ["subscription"] * 50 + ["credits"] * 10
    assert sum(job.price for job in items) == 72
    for job in items:
        await end(who, job.id, "completed")
    assert await balance_of(db, who.id) == Balance(10_000 - 72, 0)
    assert await used(who) == (50, 0)
    await assert_sound(db)


async def test_all_by_quota_costs_nothing_and_more_than_it_is_refused_whole(db: Database) -> None:
    who = await subscriber(db, plan="starter")
    mine = customer(who)
    with pytest.raises(QuotaExceeded):
        await quoted(who, 51, "basic", "subscription")
    with pytest.raises(QuotaExceeded):
        await mine.submit_batch(51, "basic", "subscription")
    assert await used(who) == (0, 0)
    _, charged = await mine.submit_batch(50, "basic", "subscription")
    assert (charged.final_credits, charged.quota_images) == (0, 50)
    assert (await quoted(who, 5, "basic")).quota_images == 0


async def test_credits_alone_leave_the_quota(db: Database) -> None:
    who = await subscriber(db, 100, plan="starter")
    job = await customer(who).submit(tier="basic", payment="credits")
    assert (job.pricing_type, job.price, job.usage_id) == ("credits", 3, None)
    assert (await quoted(who, 1, "basic", "credits")).final_credits == 3
    assert await used(who) == (0, 0)


async def test_what_fails_or_is_cancelled_gets_its_quota_back_once(db: Database) -> None:
    who = await subscriber(db, 100, plan="pro")
    mine = customer(who)
    failed, cancelled, done = [await mine.submit(tier="professional") for _ in range(3)]
    assert await used(who) == (3, 3)
    who.wait(hours=20)  # another day: it goes back to the one that paid
    for _ in range(2):
        await end(who, failed.id, "failed")
    async with db.transaction() as tx:
        await cancel_job(tx, who.id, cancelled.id, now=who.now)
    async with db.transaction() as tx:
        await cancel_job(tx, who.id, cancelled.id, now=who.now)
    await end(who, done.id, "completed")
    await end(who, done.id, "failed")
    assert await used(who) == (1, 1)
    batch, _ = await mine.submit_batch(10, "industry")
    async with db.transaction() as tx:
        await cancel_batch(tx, who.id, batch.id, now=who.now)
    assert await used(who) == (1, 1)
    await assert_sound(db)


async def test_trying_again_takes_quota_anew_and_pays_as_it_was_asked_for(db: Database) -> None:
    who = await subscriber(db, 100, plan="starter")
    mine = customer(who)
    auto = await mine.submit(tier="basic")
    strict = await mine.submit(tier="basic", payment="subscription")
    await end(who, auto.id, "failed")
    await end(who, strict.id, "failed")

    async def retry(job: Job) -> Job:
        async with db.transaction() as tx:
            return await retry_job(tx, who.id, job.id, rules=TestRules(), now=who.now)

    assert (await retry(auto)).pricing_type == "subscription"
    assert await used(who) == (1, 0)
    await end(who, auto.id, "failed")
    await mine.submit_batch(50, "basic")
    paid = await retry(auto)
    assert (paid.pricing_type, paid.price, paid.usage_id) == ("credits", 3, None)
    with pytest.raises(QuotaExceeded):
        await retry(strict)
    assert await used(who) == (50, 0)
    await assert_sound(db)


async def test_what_is_refused_for_another_reason_takes_no_quota(db: Database) -> None:
    who = await subscriber(db, plan="starter")
    full = customer(who, replace(TestRules(), removals=RemovalsSettings(max_outstanding=2)))
    outcomes = await asyncio.gather(*(full.submit(tier="basic") for _ in range(6)), return_exceptions=True)
    assert sum(isinstance(each, QueueFull) for each in outcomes) == 4
    assert await used(who) == (2, 0)


async def test_who_has_neither_quota_nor_credits_is_told_of_both(db: Database) -> None:
    who = await subscriber(db, 2, plan="starter")
    mine = customer(who)

    async def refused(count: int, tier: str, payment: Payment = "auto") -> Mapping[str, object]:
        with pytest.raises(InsufficientCredits) as short:
            await mine.submit_batch(count, tier, payment)
        return short.value.details

    left = await refused(55, "basic")
    assert (left["quotaImages"], left["required"], left["available"]) == (50, 14, 2)
    assert await used(who) == (0, 0)
    await mine.submit_batch(50, "basic")
    gone = await refused(1, "basic")
    assert (gone["quotaImages"], gone["required"], gone["available"]) == (0, 3, 2)
    assert datetime.fromisoformat(str(gone["quotaResetsAt"])) > who.now
    for tier, payment in (("basic", "credits"), ("industry", "auto")):  # of no quota, so of none is told
        assert "quotaResetsAt" not in await refused(1, tier, payment)  # type: ignore[arg-type]
