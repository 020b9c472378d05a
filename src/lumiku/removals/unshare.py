"""Ending what others see of a job: all links to it, at once."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.removals.change_files import change_files
from lumiku.removals.errors import WrongState
from lumiku.removals.model import Job
from lumiku.removals.read import find_job


async def unshare(tx: AsyncConnection, user_id: UUID, job_id: UUID) -> tuple[Job, str | None]:
    """Have the job show nothing to others any more; again, it changes nothing.

    Returns:
        The job, and the key of what was shown, which nothing names any more.

    Raises:
        NoSuchJob: it is not this account's.
        WrongState: something else of it was shared meanwhile.
    """
    job = await find_job(tx, user_id, job_id)
    if job.shared_key is None or job.status != "completed":  # once expired, its links have ended
        return job, None
    now = await change_files(tx, job, "shared_key", {"shared_key": None, "shared_until": None})
    if now is None:
        raise WrongState("the picture was shared or deleted meanwhile", status=job.status)
    return now, job.shared_key
