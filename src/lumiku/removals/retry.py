"""Trying again what failed or was cancelled: paid anew at the same price, with a new place in the queue."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.removals.errors import WrongState
from lumiku.removals.finish import lock_batch
from lumiku.removals.model import Job
from lumiku.removals.queue_again import COUNTERS, queue_again
from lumiku.removals.read import find_job
from lumiku.removals.settings import Rules
from lumiku.removals.tables import background_removal_jobs as jobs
from lumiku.storage.errors import FileExpired


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
    has_expired = row["status"] == "expired" and row["result_key"] is None
    if row["deleted_at"] is not None or not (has_expired or row["status"] in COUNTERS):
        raise WrongState(f"a job that is {row['status']} cannot be tried again", status=row["status"])
    if row["queued_at"] is None:
        raise WrongState("this job was never started", status=row["status"])
    if has_expired or row["source_key"] is None or row["source_expired_at"] is not None:
        raise FileExpired("the picture is no longer kept; send it again")
    (job,) = await queue_again(tx, [row], rules=rules, now=now)
    return job
