"""Jobs that wait, although the queue has lost them: queued again, or ended.

Row and queue change together, so this finds nothing, unless somebody deleted the queue's rows, restored one
table without the other, or a worker died just after the queue gave a job up.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.db import Database
from lumiku.queue.fairness import queue_removals
from lumiku.removals.finish import Ending, end_job, lock_batch
from lumiku.removals.process import FAILED, FAILED_MESSAGE, MOST_FAILURES
from lumiku.removals.tables import background_removal_jobs as jobs

_PATIENCE: Final = timedelta(minutes=1)

_LOST = text("""
    SELECT job.id, job.user_id, job.batch_id, job.tier, job.failures, queued.status::text AS queue_status
    FROM background_removal_jobs AS job
    LEFT JOIN procrastinate_jobs AS queued ON queued.id = job.queue_job_id
    WHERE job.status IN ('pending', 'processing') AND job.queued_at IS NOT NULL
      AND job.queued_at < :before AND job.updated_at < :before
      AND (queued.id IS NULL OR queued.status NOT IN ('todo', 'doing'))
    ORDER BY job.id LIMIT 1000
""")
_STILL_LOST = text("""
    SELECT 1 FROM background_removal_jobs AS job
    WHERE job.id = :id AND job.status IN ('pending', 'processing') AND NOT EXISTS (
        SELECT FROM procrastinate_jobs AS queued
        WHERE queued.id = job.queue_job_id AND queued.status IN ('todo', 'doing'))
    FOR UPDATE OF job
""")


@dataclass(frozen=True)
class Found:
    """How many lost jobs were queued again, and how many ended as failed."""

    requeued: int = 0
    failed: int = 0


async def requeue_lost(db: Database, now: datetime) -> Found:
    """Look for them once; each is one transaction. One that is lost again and again fails, uncharged."""
    requeued = failed = 0
    async with db.transaction() as tx:
        lost = (await tx.execute(_LOST, {"before": now - _PATIENCE})).all()
    for job in lost:
        async with db.transaction() as tx:
            await lock_batch(tx, job.id)
            if (await tx.execute(_STILL_LOST, {"id": job.id})).first() is None:
                continue
            if job.queue_status == "failed" or job.failures + 1 >= MOST_FAILURES:
                await end_job(tx, Ending(job.id, "failed", None, FAILED, FAILED_MESSAGE), now=now)
                failed += 1
            else:
                await _requeue(tx, job)
                requeued += 1
    return Found(requeued, failed)


async def _requeue(tx: AsyncConnection, job: Row[Any]) -> None:
    single = job.batch_id is None
    numbers = await queue_removals(tx, job.user_id, [job.id], interactive=single, tier=job.tier)
    again = {"queue_job_id": numbers[0], "failures": job.failures + 1, "status": "pending"}
    await tx.execute(update(jobs).where(jobs.c.id == job.id).values(again))
