"""Cancelling: what has not come out yet never will, and what was reserved for it is free again.

Running work is not waited for. Its row ends here, so its worker comes too late and throws away what it made.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, update
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.queue.fairness import give_back
from lumiku.queue.withdraw import withdraw
from lumiku.removals.ended import batch_ended
from lumiku.removals.errors import WrongState
from lumiku.removals.finish import RUNNING, Ending, end_job
from lumiku.removals.model import Batch, Job
from lumiku.removals.payment import give_payments_back
from lumiku.removals.read import find_batch, find_job
from lumiku.removals.tables import background_removal_batches as batches
from lumiku.removals.tables import background_removal_jobs as jobs


async def cancel_job(tx: AsyncConnection, user_id: UUID, job_id: UUID, *, now: datetime) -> Job:
    """Cancel one picture that waits or runs; cancelling it again changes nothing.

    Raises:
        NoSuchJob: it is not this account's.
        WrongState: it has ended otherwise.
    """
    before = await find_job(tx, user_id, job_id)
    ended = await end_job(tx, Ending(job_id, "cancelled", values={"cancel_requested_at": now}), now=now)
    if ended is None:
        job = await find_job(tx, user_id, job_id)
        if job.status != "cancelled":
            raise WrongState(f"this job is {job.status} already", status=job.status)
        return job
    await _leave_queue(tx, before.user_id, [ended])
    return Job.of(ended)


async def cancel_batch(tx: AsyncConnection, user_id: UUID, batch_id: UUID, *, now: datetime) -> Batch:
    """Cancel what has not come out of a batch; cancelling it again changes nothing.

    Raises:
        NoSuchBatch: it is not this account's.
        WrongState: all of it has ended already.
    """
    batch = await find_batch(tx, user_id, batch_id, lock=True)
    if batch.status == "cancelled":
        return batch
    if not batch.active:
        raise WrongState(f"this batch is {batch.status} already", status=batch.status)
    ended = {"status": "cancelled", "cancel_requested_at": now, "completed_at": now}
    cancelled = await tx.execute(
        update(jobs)
        .where(jobs.c.batch_id == batch_id, jobs.c.status.in_(RUNNING))
        .values(ended)
        .returning(jobs)
    )
    rows = cancelled.mappings().all()
    closed = (
        update(batches)
        .where(batches.c.id == batch_id)
        .values(
            status="cancelled",
            cancelled_at=now,
            completed_at=now,
            cancelled_images=batches.c.cancelled_images + len(rows),
        )
        .returning(batches)
    )
    row = (await tx.execute(closed)).mappings().one()
    await give_payments_back(tx, rows)
    await _leave_queue(tx, user_id, rows)
    await batch_ended(tx, row)
    return Batch.of(row)


async def _leave_queue(tx: AsyncConnection, user_id: UUID, ended: Sequence[RowMapping]) -> None:
    """Give back the turns of what no worker has begun, all of one batch or a single one."""
    waiting = [job for job in ended if job["queue_job_id"] is not None and job["started_at"] is None]
    if waiting:
        single = waiting[0]["batch_id"] is None
        tier = waiting[0]["tier"]
        await give_back(tx, user_id, len(waiting), interactive=single, tier=tier)
    await withdraw(tx, [job["queue_job_id"] for job in ended if job["queue_job_id"] is not None])
