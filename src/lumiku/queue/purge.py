"""Deleting what the queue has no more use for."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# Jobs that succeed are deleted at once; the others stay for people to look at.
_OLD = text("""
    DELETE FROM procrastinate_jobs AS job
    WHERE job.status IN ('failed', 'cancelled', 'aborted', 'succeeded')
      AND NOT EXISTS (
          SELECT FROM procrastinate_events AS event
          WHERE event.job_id = job.id AND event.at > now() - interval '30 days'
      )
""")


async def forget_finished(tx: AsyncConnection) -> int:
    """Delete jobs that ended 30 days ago; gives how many."""
    return (await tx.execute(_OLD)).rowcount
