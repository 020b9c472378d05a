"""Changing which files a completed job names, if nobody changed them meanwhile."""

from collections.abc import Mapping
from typing import Any, Literal

from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.removals.model import Job
from lumiku.removals.tables import background_removal_jobs as jobs


async def change_files(
    tx: AsyncConnection, job: Job, unless: Literal["matte_key", "shared_key"], values: Mapping[str, Any]
) -> Job | None:
    """Write these columns of a job.

    Args:
        tx: the caller's transaction.
        job: as it was read.
        unless: nothing is written where this column has another value by now.
        values: what to write.

    Returns:
        The job as it is now. None: it was deleted, expired, or changed meanwhile.
    """
    changed = (
        update(jobs)
        .where(
            jobs.c.id == job.id,
            jobs.c.status == "completed",
            jobs.c.deleted_at.is_(None),
            func.coalesce(jobs.c[unless], "") == (getattr(job, unless) or ""),
        )
        .values(**values)
        .returning(jobs)
    )
    row = (await tx.execute(changed)).mappings().one_or_none()
    return None if row is None else Job.of(row)
