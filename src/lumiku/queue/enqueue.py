"""Queueing a task inside the caller's transaction: it is there when that commits, and else it never was."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache

from procrastinate import App, PsycopgConnector
from procrastinate.jobs import Job
from procrastinate.types import JSONValue
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.queue.names import TaskName

Arguments = Mapping[str, JSONValue]


async def enqueue(
    tx: AsyncConnection,
    task: TaskName,
    arguments: Arguments,
    *,
    priority: int = 0,
    lock: str | None = None,
    at: datetime | None = None,
) -> int:
    """Queue one task.

    Args:
        tx: the caller's open transaction.
        task: which.
        arguments: ids and plain facts; the queue's rows are no place for secrets.
        priority: the higher runs first.
        lock: of the tasks with the same lock, one runs at a time, in order.
        at: not before this moment; aware.

    Returns:
        The job's number in the queue.
    """
    return (await enqueue_many(tx, task, [arguments], priorities=[priority], lock=lock, at=at))[0]


async def enqueue_many(
    tx: AsyncConnection,
    task: TaskName,
    arguments: Sequence[Arguments],
    *,
    priorities: Sequence[int] | None = None,
    lock: str | None = None,
    at: datetime | None = None,
) -> list[int]:
    """Queue the same task with each of these arguments, at once; gives the jobs' numbers in order.

    `priorities` has one for each of the arguments; without, all are 0.
    """
    if not arguments:
        return []
    connection = (await tx.get_raw_connection()).driver_connection
    jobs = [
        Job(
            task_name=task.name,
            queue=task.queue,
            priority=priority,
            lock=lock,
            queueing_lock=None,
            scheduled_at=at,
            task_kwargs=dict(each),
        )
        for each, priority in zip(arguments, priorities or [0] * len(arguments), strict=True)
    ]
    queued = await _app().job_manager.batch_defer_jobs_async(jobs=jobs, connection=connection)
    return [job.id for job in queued if job.id is not None]


@cache
def _app() -> App:
    """Never opened: everything goes over the caller's connection."""
    return App(connector=PsycopgConnector())
