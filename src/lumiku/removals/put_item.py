"""Putting the file of one place of a declared batch; again replaces it."""

from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.removals.errors import NoSuchJob, WrongState
from lumiku.removals.model import Job, Source
from lumiku.removals.orders import check_size
from lumiku.removals.read import find_batch
from lumiku.removals.settings import Rules
from lumiku.removals.submit import columns_of
from lumiku.removals.tables import background_removal_jobs as jobs


async def check_item(tx: AsyncConnection, user_id: UUID, batch_id: UUID, position: int) -> Job:
    """The job at this place, if a file may be put there; for asking before the file is read.

    Raises:
        NoSuchBatch, NoSuchJob: there is no such place.
        WrongState: the batch was started or cancelled, or this place was.
    """
    return await _find_item(tx, user_id, batch_id, position, lock=False)


async def put_item(
    tx: AsyncConnection, user_id: UUID, batch_id: UUID, position: int, source: Source, *, rules: Rules
) -> tuple[Job, str | None]:
    """Give the place this picture; gives its job, and the key of the file that it had before.

    The old file is the caller's to delete, after `tx` has committed.

    Raises:
        NoSuchBatch, NoSuchJob, WrongState: as for `check_item`.
        BatchTooLarge: with it the batch has too many bytes.
    """
    before = await _find_item(tx, user_id, batch_id, position, lock=True)
    others = select(func.coalesce(func.sum(jobs.c.source_bytes), 0)).where(
        jobs.c.batch_id == batch_id, jobs.c.id != before.id
    )
    check_size(int((await tx.execute(others)).scalar_one()) + source.size_bytes, rules)
    values = columns_of(source)
    if not source.name:
        del values["original_name"]
    changed = update(jobs).where(jobs.c.id == before.id).values(values).returning(jobs)
    return Job.of((await tx.execute(changed)).mappings().one()), before.source_key


async def _find_item(tx: AsyncConnection, user_id: UUID, batch_id: UUID, position: int, *, lock: bool) -> Job:
    batch = await find_batch(tx, user_id, batch_id, lock=lock)
    if batch.queued_at is not None or batch.status != "pending":
        raise WrongState("this batch takes no more files", status=batch.status)
    wanted = select(jobs).where(jobs.c.batch_id == batch_id, jobs.c.position == position)
    row = (await tx.execute(wanted)).mappings().one_or_none()
    if row is None or row["deleted_at"] is not None:
        raise NoSuchJob
    if row["status"] != "pending":
        raise WrongState("this item takes no file any more", status=row["status"])
    return Job.of(row)
