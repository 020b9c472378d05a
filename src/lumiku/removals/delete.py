"""Deleting what has ended: gone for its owner at once; its row stays, for what was paid must be explained."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.removals.errors import NoSuchJob, WrongState
from lumiku.removals.events import announce
from lumiku.removals.finish import RUNNING, lock_batch
from lumiku.removals.model import Job
from lumiku.removals.options import BACKGROUND_KEY
from lumiku.removals.read import find_batch, find_job
from lumiku.removals.tables import background_removal_batches as batches
from lumiku.removals.tables import background_removal_jobs as jobs


async def delete_job(tx: AsyncConnection, user_id: UUID, job_id: UUID, *, now: datetime) -> list[str]:
    """Delete a job that has ended; gives the keys of its files, to be deleted once `tx` has committed.

    Raises:
        NoSuchJob: it is not this account's, or was deleted.
        WrongState: it waits or runs; cancel it first.
    """
    await find_job(tx, user_id, job_id)
    await lock_batch(tx, job_id)
    deleted = await tx.execute(
        update(jobs)
        .where(jobs.c.id == job_id, jobs.c.deleted_at.is_(None), jobs.c.status.not_in(RUNNING))
        .values(deleted_at=now)
        .returning(jobs)
    )
    row = deleted.mappings().one_or_none()
    if row is None:
        job = await find_job(tx, user_id, job_id)
        if job.active:
            raise WrongState("this job has not ended; cancel it first", status=job.status)
        raise NoSuchJob
    job = Job.of(row)
    await announce(tx, user_id=user_id, job_id=job_id, batch_id=job.batch_id)
    return job.files


async def delete_batch(tx: AsyncConnection, user_id: UUID, batch_id: UUID, *, now: datetime) -> list[str]:
    """Delete a batch that has ended, with its jobs; gives keys as `delete_job` does.

    Raises:
        NoSuchBatch: it is not this account's, or was deleted.
        WrongState: something of it may still run; cancel it first.
    """
    batch = await find_batch(tx, user_id, batch_id, lock=True)
    if batch.active:
        raise WrongState("this batch has not ended; cancel it first", status=batch.status)
    deleted = await tx.execute(
        update(jobs)
        .where(jobs.c.batch_id == batch_id, jobs.c.deleted_at.is_(None))
        .values(deleted_at=now)
        .returning(jobs)
    )
    files = [key for row in deleted.mappings() for key in Job.of(row).files]
    await tx.execute(update(batches).where(batches.c.id == batch_id).values(deleted_at=now))
    await announce(tx, user_id=user_id, job_id=None, batch_id=batch_id)
    background = batch.options.get(BACKGROUND_KEY)
    return [*files, background] if background else files
