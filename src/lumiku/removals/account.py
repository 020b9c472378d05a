"""What removals keep about a person: told on asking, and erased when their account goes."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.removals.errors import WorkRunning
from lumiku.removals.finish import RUNNING
from lumiku.removals.tables import OUTSTANDING
from lumiku.removals.tables import background_removal_batches as batches
from lumiku.removals.tables import background_removal_jobs as jobs

_TOLD_OF_JOBS = (
    *(jobs.c.id, jobs.c.batch_id, jobs.c.position, jobs.c.tier, jobs.c.status, jobs.c.original_name),
    *(jobs.c.source_type, jobs.c.source_bytes, jobs.c.width, jobs.c.height, jobs.c.options),
    *(jobs.c.pricing_type, jobs.c.credits_used, jobs.c.error_code, jobs.c.created_at, jobs.c.completed_at),
)
_TOLD_OF_BATCHES = (
    *(batches.c.id, batches.c.name, batches.c.tier, batches.c.status, batches.c.total_images),
    *(batches.c.created_at, batches.c.completed_at),
)


async def export_removals(tx: AsyncConnection, user_id: UUID) -> Mapping[str, list[dict[str, Any]]]:
    """The account's jobs and batches, the oldest first, without those that were deleted."""
    mine = select(*_TOLD_OF_JOBS).where(jobs.c.user_id == user_id, jobs.c.deleted_at.is_(None))
    ours = select(*_TOLD_OF_BATCHES).where(batches.c.user_id == user_id, batches.c.deleted_at.is_(None))
    return {
        "jobs": [dict(row) for row in (await tx.execute(mine.order_by(jobs.c.created_at))).mappings()],
        "batches": [dict(row) for row in (await tx.execute(ours.order_by(batches.c.created_at))).mappings()],
    }


async def erase_removals(tx: AsyncConnection, user_id: UUID) -> None:
    """Delete an account's jobs and batches, and what people called them; `erase_files` deletes the files.

    Raises:
        WorkRunning: something waits or runs.
    """
    waiting = select(func.count()).where(jobs.c.user_id == user_id, text(OUTSTANDING))
    if (await tx.execute(waiting)).scalar_one():
        raise WorkRunning("work of this account is still running; cancel it or wait for its end")
    for table, name in ((batches, batches.c.name), (jobs, jobs.c.original_name)):
        unfinished = table.c.status.in_(RUNNING)  # of batches that were never started
        erased = {
            name: "",
            table.c.status: case((unfinished, "cancelled"), else_=table.c.status),
            table.c.completed_at: case((unfinished, func.now()), else_=table.c.completed_at),
            table.c.deleted_at: func.coalesce(table.c.deleted_at, func.now()),
        }
        await tx.execute(update(table).where(table.c.user_id == user_id).values(erased))
