"""What follows when a job or a batch has ended, in the transaction that ends it: once, or not at all."""

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.removals.events import announce


async def job_ended(tx: AsyncConnection, job: RowMapping) -> None:
    """A job is completed, failed or cancelled; `job` is its row as it is now."""
    await announce(tx, user_id=job["user_id"], job_id=job["id"], batch_id=job["batch_id"])


async def batch_ended(tx: AsyncConnection, batch: RowMapping) -> None:
    """All jobs of a batch have ended; `batch` is its row as it is now."""
    await announce(tx, user_id=batch["user_id"], job_id=None, batch_id=batch["id"])
