"""A composition that its owner shows to others: one a job, and a file of the job like its own."""

from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.removals.errors import WrongState
from lumiku.removals.model import Job
from lumiku.removals.tables import background_removal_jobs as jobs


async def share(tx: AsyncConnection, job: Job, key: str) -> str | None:
    """Have the job name this file as what is shown to others.

    Args:
        tx: the transaction.
        job: of `find_job`.
        key: of the composition, which is stored already.

    Returns:
        The key of what was shown before, which nothing names any more; its links end.

    Raises:
        WrongState: the job was deleted or expired meanwhile, or something else of it was shared.
    """
    changed = (
        update(jobs)
        .where(
            jobs.c.id == job.id,
            jobs.c.status == "completed",
            jobs.c.deleted_at.is_(None),
            func.coalesce(jobs.c.shared_key, "") == (job.shared_key or ""),
        )
        .values(shared_key=key)
        .returning(jobs.c.id)
    )
    if (await tx.execute(changed)).one_or_none() is None:
        raise WrongState("the picture was shared or deleted meanwhile", status=job.status)
    return job.shared_key
