"""Trying everything of a batch again that failed, or that was cancelled."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.removals.model import Job
from lumiku.removals.read import find_batch
from lumiku.removals.retry import retry_job
from lumiku.removals.settings import Rules
from lumiku.removals.tables import background_removal_jobs as jobs


async def retry_batch(
    tx: AsyncConnection,
    user_id: UUID,
    batch_id: UUID,
    *,
    rules: Rules,
    now: datetime,
    statuses: Sequence[str] = ("failed",),
) -> list[Job]:
    """Queue the jobs again that ended so and whose pictures are kept still: all of them, or none.

    Raises:
        NoSuchBatch: it is not this account's.
        InsufficientCredits, QueueFull: as for `submit`.
    """
    await find_batch(tx, user_id, batch_id, lock=True)
    wanted = (
        select(jobs.c.id)
        .where(
            jobs.c.batch_id == batch_id,
            jobs.c.status.in_(statuses),
            jobs.c.deleted_at.is_(None),
            jobs.c.queued_at.is_not(None),
            jobs.c.source_key.is_not(None),
            jobs.c.source_expired_at.is_(None),
        )
        .order_by(jobs.c.position)
        .with_for_update()
    )
    ids = list((await tx.execute(wanted)).scalars())
    return [await retry_job(tx, user_id, job_id, rules=rules, now=now) for job_id in ids]
