"""Trying again what failed or was cancelled: paid anew at the same price, with a new place in the queue."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.pricing.quote import price_of_one, quote
from lumiku.queue.fairness import queue_removals
from lumiku.removals.errors import WrongState
from lumiku.removals.events import announce
from lumiku.removals.finish import lock_batch
from lumiku.removals.model import Job
from lumiku.removals.orders import quote_of
from lumiku.removals.payment import Wish, reserve_again
from lumiku.removals.read import find_batch, find_job
from lumiku.removals.settings import Rules
from lumiku.removals.submit import paid_by
from lumiku.removals.tables import background_removal_batches as batches
from lumiku.removals.tables import background_removal_jobs as jobs
from lumiku.storage.errors import FileExpired

_COUNTER = {"failed": batches.c.failed_images, "cancelled": batches.c.cancelled_images}


async def retry_job(tx: AsyncConnection, user_id: UUID, job_id: UUID, *, rules: Rules, now: datetime) -> Job:
    """Queue a job again that ended without a result; what pays is as it was asked for first.

    An item of a batch costs its share of the batch's price again, for the discount bought stays; its batch
    runs again until it has ended.

    Raises:
        NoSuchJob: it is not this account's.
        WrongState: it waits, runs, or has come out.
        FileExpired: its picture is no longer kept.
        TierNotAllowed, QuotaExceeded, InsufficientCredits, QueueFull: as for `submit`.
    """
    await find_job(tx, user_id, job_id)
    await lock_batch(tx, job_id)
    locked = await tx.execute(select(jobs).where(jobs.c.id == job_id).with_for_update())
    row = locked.mappings().one()
    if row["status"] not in _COUNTER or row["deleted_at"] is not None:
        raise WrongState(f"a job that is {row['status']} cannot be tried again", status=row["status"])
    if row["queued_at"] is None:
        raise WrongState("this job was never started", status=row["status"])
    if row["source_key"] is None or row["source_expired_at"] is not None:
        raise FileExpired("the picture is no longer kept; send it again")
    single = row["batch_id"] is None
    wish = Wish(row["tier"], row["payment"])
    price = row["price"] or await _price(tx, row, rules)
    share = await reserve_again(tx, user_id, job_id, wish, price, rules=rules, now=now)
    (number,) = await queue_removals(tx, user_id, [job_id], interactive=single, tier=row["tier"])
    again = {
        "status": "pending",
        "attempt": row["attempt"] + 1,  # whoever still works on it comes too late
        "failures": 0,
        "error_code": None,
        "error_message": None,
        "completed_at": None,
        "cancel_requested_at": None,
        "started_at": None,
        "queued_at": now,
        "queue_job_id": number,
        **paid_by(share),
    }
    queued = await tx.execute(update(jobs).where(jobs.c.id == job_id).values(again).returning(jobs))
    job = Job.of(queued.mappings().one())
    await _reopen_batch(tx, row)
    await announce(tx, user_id=user_id, job_id=job_id, batch_id=job.batch_id)
    return job


async def _price(tx: AsyncConnection, row: RowMapping, rules: Rules) -> int:
    """In credits, of a picture that a quota paid for, or nothing; with its batch's discount."""
    if row["batch_id"] is None:
        return quote(1, row["tier"], rules.pricing).final_credits
    return price_of_one(quote_of(await find_batch(tx, row["user_id"], row["batch_id"])))


async def _reopen_batch(tx: AsyncConnection, row: RowMapping) -> None:
    if row["batch_id"] is None:
        return
    counter = _COUNTER[row["status"]]
    values = {counter.name: counter - 1, "status": "processing", "completed_at": None, "cancelled_at": None}
    await tx.execute(update(batches).where(batches.c.id == row["batch_id"]).values(values))
