"""Which workers live, by the rows that each renews every few seconds."""

import os
import socket
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.queue.app import STALLED_AFTER_S
from lumiku.queue.names import QUEUES
from lumiku.queue.tables import worker_heartbeats

_FORGOTTEN_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class Living:
    """A worker that was heard of just now."""

    id: UUID
    host: str
    pid: int
    version: str
    queues: tuple[str, ...]


async def beat(tx: AsyncConnection, worker: UUID, queues: tuple[str, ...]) -> None:
    """Say that this process lives and serves these queues; all times are the database's."""
    row = {
        "id": worker,
        "host": socket.gethostname()[:255],
        "pid": os.getpid(),
        "version": version("lumiku"),
        "queues": list(queues),
    }
    statement = insert(worker_heartbeats).values(row)
    await tx.execute(
        statement.on_conflict_do_update(index_elements=["id"], set_={"seen_at": func.clock_timestamp()})
    )


async def end(tx: AsyncConnection, worker: UUID) -> None:
    """Say that it works no more."""
    await tx.execute(delete(worker_heartbeats).where(worker_heartbeats.c.id == worker))


async def living_workers(tx: AsyncConnection) -> list[Living]:
    """The workers heard of within the last seconds."""
    table = worker_heartbeats.c
    rows = await tx.execute(
        select(table.id, table.host, table.pid, table.version, table.queues)
        .where(table.seen_at > func.now() - timedelta(seconds=STALLED_AFTER_S))
        .order_by(table.created_at)
    )
    return [Living(row.id, row.host, row.pid, row.version, tuple(row.queues)) for row in rows]


async def missing_queues(tx: AsyncConnection) -> set[str]:
    """The queues that no living worker serves; what is put there would wait."""
    served = {queue for worker in await living_workers(tx) for queue in worker.queues}
    return set(QUEUES) - served


async def forget_dead(tx: AsyncConnection) -> int:
    """Delete the rows of workers that ended without a word; gives how many."""
    done = await tx.execute(
        delete(worker_heartbeats).where(worker_heartbeats.c.seen_at < func.now() - _FORGOTTEN_AFTER)
    )
    return done.rowcount
