"""Queueing a task inside the caller's transaction: it is there when that commits, and else it never was."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache

from procrastinate import App, PsycopgConnector
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
    return (await enqueue_many(tx, task, [arguments], priority=priority, lock=lock, at=at))[0]


async def enqueue_many(
    tx: AsyncConnection,
    task: TaskName,
    arguments: Sequence[Arguments],
    *,
    priority: int = 0,
    lock: str | None = None,
    at: datetime | None = None,
) -> list[int]:
    """Queue the same task with each of these arguments, at once; gives the jobs' numbers in order."""
    if not arguments:
        return []
    connection = (await tx.get_raw_connection()).driver_connection
    deferrer = _app().configure_task(
        task.name, queue=task.queue, priority=priority, lock=lock, schedule_at=at, connection=connection
    )
    return await deferrer.batch_defer_async(*(dict(each) for each in arguments))


@cache
def _app() -> App:
    """Never opened: everything goes over the caller's connection."""
    return App(connector=PsycopgConnector())
