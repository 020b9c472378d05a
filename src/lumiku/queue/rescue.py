"""Taking jobs over from workers that died with them, a bounded number of times."""

from dataclasses import dataclass
from typing import Any

from procrastinate.jobs import Status
from procrastinate.sql import queries
from procrastinate.utils import utcnow
from psycopg import AsyncConnection as DriverConnection
from psycopg.rows import dict_row
from sqlalchemy import delete, func, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.db import Database
from lumiku.queue.app import STALLED_AFTER_S
from lumiku.queue.tables import queue_rescues

# A job that outlived its worker this often is taken to be what kills them.
MOST_RESCUES = 3
_ONE_AT_A_TIME = 7_021_873_310_925  # our number for pg_advisory locks; any would do


@dataclass(frozen=True)
class Rescued:
    """A job taken from a dead worker.

    Attributes:
        given_up: it was on its last chance, and is now failed for good.
    """

    job_id: int
    task: str
    arguments: dict[str, object]
    given_up: bool


async def rescue_stalled(db: Database) -> list[Rescued]:
    """Queue the jobs of dead workers again; those that lost their worker too often fail.

    Procrastinate's own counter also counts orderly releases and passing failures, and retrying by hand has
    no limit, so deaths are counted in a table of ours, in the transaction that queues the job again.
    """
    async with db.transaction() as tx:
        mine = await tx.execute(text("SELECT pg_try_advisory_xact_lock(:number)"), {"number": _ONE_AT_A_TIME})
        if not mine.scalar_one():
            return []
        rescued = []
        for row in await _stalled(tx):
            given_up = await _deaths(tx, row["id"]) >= MOST_RESCUES
            if await _take_over(tx, row["id"], given_up=given_up):
                rescued.append(Rescued(row["id"], row["task_name"], row["args"], given_up))
        return rescued


async def forget_rescues(tx: AsyncConnection) -> int:
    """Delete the counts of jobs that the queue has deleted; gives how many."""
    gone = text("NOT EXISTS (SELECT FROM procrastinate_jobs WHERE id = queue_rescues.job_id)")
    return (await tx.execute(delete(queue_rescues).where(gone))).rowcount


async def _stalled(tx: AsyncConnection) -> list[dict[str, Any]]:
    driver = (await tx.get_raw_connection()).driver_connection
    assert isinstance(driver, DriverConnection)  # noqa: S101  what our address asks SQLAlchemy for
    async with driver.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            queries["select_stalled_jobs_by_heartbeat"],
            {"queue": None, "task_name": None, "seconds_since_heartbeat": STALLED_AFTER_S},
        )
        return await cursor.fetchall()


async def _deaths(tx: AsyncConnection, job_id: int) -> int:
    statement = insert(queue_rescues).values(job_id=job_id, rescues=1)
    counted = await tx.execute(
        statement.on_conflict_do_update(
            index_elements=["job_id"],
            set_={"rescues": queue_rescues.c.rescues + 1, "rescued_at": func.now()},
        ).returning(queue_rescues.c.rescues)
    )
    return int(counted.scalar_one())


async def _take_over(tx: AsyncConnection, job_id: int, *, given_up: bool) -> bool:
    """False where the worker lives after all and has ended the job meanwhile."""
    if given_up:
        statement, arguments = queries["finish_job"], {"status": Status.FAILED.value, "delete_job": False}
    else:
        nothing_else = {"new_priority": None, "new_queue_name": None, "new_lock": None}
        statement, arguments = queries["retry_job"], {"retry_at": utcnow(), **nothing_else}
    try:
        async with tx.begin_nested():
            await tx.exec_driver_sql(statement, {"job_id": job_id, **arguments})
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        return False
    return True
