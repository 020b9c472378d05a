"""What the queue holds now, for people who look after it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.queue.names import QUEUES

_DEPTHS = text("""
    SELECT queue_name AS queue,
           count(*) FILTER (WHERE status = 'todo' AND coalesce(scheduled_at <= now(), true)) AS waiting,
           count(*) FILTER (WHERE status = 'todo' AND scheduled_at > now()) AS later,
           count(*) FILTER (WHERE status = 'doing') AS running
    FROM procrastinate_jobs WHERE status IN ('todo', 'doing') GROUP BY queue_name
""")
_PLACE = text("""
    SELECT job.status::text, job.attempts, job.scheduled_at,
           (SELECT count(*) FROM procrastinate_jobs AS other
            WHERE other.status = 'todo' AND other.queue_name = job.queue_name AND job.status = 'todo'
              AND (other.priority, -other.id) > (job.priority, -job.id)) AS ahead
    FROM procrastinate_jobs AS job WHERE job.id = :number
""")


_FAILURES = text("""
    SELECT job.task_name AS task, count(*) AS count, max(event.at) AS last_at
    FROM procrastinate_jobs AS job
    JOIN procrastinate_events AS event ON event.job_id = job.id AND event.type = 'failed'
    WHERE job.status = 'failed' AND event.at >= :since
    GROUP BY job.task_name ORDER BY job.task_name
""")


@dataclass(frozen=True, slots=True)
class Failures:
    """Tasks of one name that are not tried again: how many, and when the last of them failed."""

    task: str
    count: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Depth:
    """How much one queue holds: what could start now, what is to start later, and what runs."""

    queue: str
    waiting: int = 0
    later: int = 0
    running: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where one job of the queue is.

    Attributes:
        status: todo, doing, or how it ended.
        attempts: how often it was started before.
        scheduled_at: not before this.
        ahead: how many of its queue come before it.
    """

    status: str
    attempts: int
    scheduled_at: datetime | None
    ahead: int


async def depths(tx: AsyncConnection) -> list[Depth]:
    """Every queue, also those that hold nothing."""
    held = {row.queue: Depth(**row._mapping) for row in await tx.execute(_DEPTHS)}
    return [held.get(queue, Depth(queue)) for queue in QUEUES]


async def failures(tx: AsyncConnection, since: datetime) -> list[Failures]:
    """Tasks that failed for good since then, by name."""
    return [Failures(**row._mapping) for row in await tx.execute(_FAILURES, {"since": since})]


async def place(tx: AsyncConnection, number: int) -> Place | None:
    """Of the job with this number; None where the queue has forgotten it, as it does what succeeds."""
    row = (await tx.execute(_PLACE, {"number": number})).one_or_none()
    return None if row is None else Place(**row._mapping)
