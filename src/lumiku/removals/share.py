"""A composition that its owner shows to others: one a job, and a file of the job like its own."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.removals.change_files import change_files
from lumiku.removals.errors import WrongState
from lumiku.removals.model import Job


async def share(tx: AsyncConnection, job: Job, key: str, until: datetime) -> str | None:
    """Have the job name this file as what is shown to others.

    Args:
        tx: the transaction.
        job: of `find_job`.
        key: of the composition, which is stored already.
        until: when the newest link to it ends.

    Returns:
        The key of what was shown before, which nothing names any more; its links end. None: there was
        nothing, or the very same.

    Raises:
        WrongState: the job was deleted or expired meanwhile, or something else of it was shared.
    """
    if await change_files(tx, job, "shared_key", {"shared_key": key, "shared_until": until}) is None:
        raise WrongState("the picture was shared or deleted meanwhile", status=job.status)
    return None if job.shared_key == key else job.shared_key
