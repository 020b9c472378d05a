"""The end of a job, in one transaction: its row, its money, its batch, and word to those who listen.

Locks are taken in this order by everybody: batch, jobs, subscription and its day of quota, credit account,
fair queue, queue.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from sqlalchemy import RowMapping, and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.removals.ended import batch_ended, job_ended
from lumiku.removals.payment import give_payment_back, take_payment
from lumiku.removals.tables import background_removal_batches as batches
from lumiku.removals.tables import background_removal_jobs as jobs

End = Literal["completed", "failed", "cancelled"]

RUNNING: Final = ("pending", "processing")
_MESSAGE_LENGTH: Final = 500
_COUNTER: Final = {
    "completed": "processed_images",
    "failed": "failed_images",
    "cancelled": "cancelled_images",
}


@dataclass(frozen=True)
class Ending:
    """How a job ends.

    Attributes:
        job_id: which.
        status: what becomes of it.
        attempt: ends it only while this attempt is the latest; None: whichever is.
        error_code, error_message: where it failed; for the public.
        values: further columns of its row.
    """

    job_id: UUID
    status: End
    attempt: int | None = None
    error_code: str | None = None
    error_message: str | None = None
    values: Mapping[str, object] = field(default_factory=dict)


async def end_job(tx: AsyncConnection, ending: Ending, *, now: datetime) -> RowMapping | None:
    """End a job that runs or waits: take what was reserved for it, or give it back.

    A job whose cancelling was asked for does not complete.

    Returns:
        Its row as it is now. None: it had ended, another attempt has it, or it is to be cancelled; nothing
        was changed then.

    Raises:
        HoldEnded: its credits were given back meanwhile, so that it cannot complete; roll back.
    """
    await lock_batch(tx, ending.job_id)
    job = await _end_row(tx, ending, now)
    if job is None:
        return None
    await (take_payment if ending.status == "completed" else give_payment_back)(tx, job)
    if job["batch_id"] is not None:
        await count_in_batch(tx, job["batch_id"], {ending.status: 1}, now=now)
    await job_ended(tx, job)
    return job


async def lock_batch(tx: AsyncConnection, job_id: UUID) -> None:
    """Lock the job's batch, if it has one, before the job itself."""
    batch_id = select(jobs.c.batch_id).where(jobs.c.id == job_id).scalar_subquery()
    await tx.execute(select(batches.c.id).where(batches.c.id == batch_id).with_for_update())


async def count_in_batch(
    tx: AsyncConnection, batch_id: UUID, ended: Mapping[End, int], *, now: datetime
) -> RowMapping:
    """Count jobs that have ended; the last ones end their batch. Gives its row as it is now.

    A batch that was cancelled stays so, whatever its running jobs came to.
    """
    columns = {_COUNTER[status]: batches.c[_COUNTER[status]] + number for status, number in ended.items()}
    counted = update(batches).where(batches.c.id == batch_id).values(columns).returning(batches)
    batch: RowMapping = (await tx.execute(counted)).mappings().one()
    done = batch["processed_images"] + batch["failed_images"] + batch["cancelled_images"]
    if done < batch["total_images"] or batch["status"] not in RUNNING:
        return batch
    closed = (
        update(batches)
        .where(batches.c.id == batch_id)
        .values(status=_status_of(batch), completed_at=now)
        .returning(batches)
    )
    batch = (await tx.execute(closed)).mappings().one()
    await batch_ended(tx, batch)
    return batch


def _status_of(batch: RowMapping) -> str:
    """Of a batch whose jobs have all ended."""
    if batch["processed_images"] == batch["total_images"]:
        return "completed"
    if batch["processed_images"]:
        return "partial"
    return "failed" if batch["failed_images"] else "cancelled"


async def _end_row(tx: AsyncConnection, ending: Ending, now: datetime) -> RowMapping | None:
    completed = ending.status == "completed"
    wanted = [jobs.c.id == ending.job_id, jobs.c.status.in_(RUNNING)]
    if ending.attempt is not None:
        wanted.append(jobs.c.attempt == ending.attempt)
    if completed:
        wanted.append(jobs.c.cancel_requested_at.is_(None))
    message = ending.error_message
    statement = (
        update(jobs)
        .where(and_(*wanted))
        .values(
            status=ending.status,
            completed_at=now,
            error_code=ending.error_code,
            error_message=None if message is None else message[:_MESSAGE_LENGTH],
            credits_used=jobs.c.price if completed else 0,
            **ending.values,
        )
        .returning(jobs)
    )
    ended: RowMapping | None = (await tx.execute(statement)).mappings().one_or_none()
    return ended
