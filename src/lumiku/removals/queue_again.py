"""Queueing ended jobs again, in sets: one payment and one statement for the rows, however many they are."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import RowMapping, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.pricing.quote import price_of_one, quote, requote
from lumiku.queue.fairness import queue_removals
from lumiku.removals.events import announce_jobs
from lumiku.removals.model import Batch, Job
from lumiku.removals.orders import pricing_of, quote_of
from lumiku.removals.payment import Wish, reserve_again
from lumiku.removals.read import find_batch
from lumiku.removals.record_queued import record_queued
from lumiku.removals.settings import Rules
from lumiku.removals.tables import background_removal_batches as batches
from lumiku.removals.tables import background_removal_jobs as jobs

_PAID: Final = ("pending", "processing", "completed")
COUNTERS: Final = {"failed": batches.c.failed_images, "cancelled": batches.c.cancelled_images}


async def queue_again(
    tx: AsyncConnection, ended: Sequence[RowMapping], *, rules: Rules, now: datetime
) -> list[Job]:
    """Pay for them anew, give them new places in the queue, and have their batch run again: all or none.

    Args:
        tx: the caller's transaction, which has locked their batch and them.
        ended: at least one row of `background_removal_jobs`: a single job, or jobs of one batch by their
            places; each is in `COUNTERS` by its status, and its picture is kept.
        rules: prices and limits.
        now: the time.

    Returns:
        The jobs as they are now, in the same order.

    Raises:
        TierNotAllowed, QuotaExceeded, InsufficientCredits, QueueFull: as for `submit`.
    """
    first = ended[0]
    user_id, batch_id, tier = first["user_id"], first["batch_id"], first["tier"]
    job_ids = [row["id"] for row in ended]
    wish, prices = Wish(tier, first["payment"]), await _prices(tx, ended, rules)
    shares = await reserve_again(tx, user_id, prices, wish, rules=rules, now=now)
    numbers = await queue_removals(tx, user_id, job_ids, interactive=batch_id is None, tier=tier)
    again = {
        "status": "pending",
        "attempt": jobs.c.attempt + 1,  # whoever still works on it comes too late
        "failures": 0,
        "error_code": None,
        "error_message": None,
        "completed_at": None,
        "cancel_requested_at": None,
        "started_at": None,
        "queued_at": now,
    }
    queued = await tx.execute(record_queued(job_ids, shares, numbers, again).returning(jobs))
    by_id = {row["id"]: Job.of(row) for row in queued.mappings()}
    if batch_id is not None:
        await _reopen(tx, batch_id, Counter(row["status"] for row in ended), rules)
    waiting = [by_id[job_id] for job_id in job_ids]
    await announce_jobs(tx, waiting)
    return waiting


async def _prices(tx: AsyncConnection, ended: Sequence[RowMapping], rules: Rules) -> dict[UUID, int]:
    """In credits: what each cost before, or would have, where a quota paid for it or nothing."""
    first, unpaid = ended[0], 0
    if not all(row["price"] for row in ended):
        if first["batch_id"] is None:
            unpaid = quote(1, first["tier"], rules.pricing).final_credits
        else:  # with its discount
            unpaid = price_of_one(quote_of(await find_batch(tx, first["user_id"], first["batch_id"])))
    return {row["id"]: row["price"] or unpaid for row in ended}


async def _reopen(tx: AsyncConnection, batch_id: UUID, ended: Counter[str], rules: Rules) -> None:
    fewer = {COUNTERS[status].name: COUNTERS[status] - number for status, number in ended.items()}
    values = {**fewer, "status": "processing", "completed_at": None, "cancelled_at": None}
    reopened = update(batches).where(batches.c.id == batch_id).values(values).returning(batches)
    batch = Batch.of((await tx.execute(reopened)).mappings().one())
    if rules.server.open:
        return
    # Another quota or none may pay for them now: the price that is shown is of what is paid.
    by_quota = func.count().filter(jobs.c.pricing_type == "subscription")
    paid = select(func.count(), by_quota, func.coalesce(func.sum(jobs.c.price), 0)).where(
        jobs.c.batch_id == batch_id, jobs.c.status.in_(_PAID)
    )
    count, quota_images, cost = (await tx.execute(paid)).one()
    quoted = requote(quote_of(batch), count, cost, rules.pricing, quota_images=quota_images)
    priced = update(batches).where(batches.c.id == batch_id).values(pricing=pricing_of(quoted))
    await tx.execute(priced)
