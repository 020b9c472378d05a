"""Single statements on connections that die, are taken, or are left in the middle."""

import asyncio

import pytest

from lumiku.core.db import Database, DatabaseUnavailable
from lumiku.core.settings import DatabaseSettings
from support.database import query

_PID = "SELECT pg_backend_pid() AS pid"
_SLEEP = "SELECT 1 AS one FROM pg_sleep(%(seconds)s)"


async def pid(db: Database) -> int:
    row = await db.one(_PID, {})
    assert row is not None
    return int(row["pid"])


async def test_a_connection_is_kept_and_a_row_may_be_missing(db: Database) -> None:
    assert await pid(db) == await pid(db)
    assert await db.one("SELECT 1 AS one WHERE false", {}) is None


async def test_a_dead_connection_is_noticed_before_it_is_used(db: Database, database_url: str) -> None:
    first = await pid(db)
    query(database_url, f"SELECT pg_terminate_backend({first})")
    await asyncio.sleep(0.2)
    assert await pid(db) != first


async def test_a_connection_lost_in_the_middle_is_an_outage(db: Database, database_url: str) -> None:
    first = await pid(db)
    sleeping = asyncio.create_task(db.one(_SLEEP, {"seconds": 30}))
    await asyncio.sleep(0.3)
    query(database_url, f"SELECT pg_terminate_backend({first})")
    with pytest.raises(DatabaseUnavailable):
        await sleeping
    assert await pid(db) != first


async def test_a_cancelled_statement_leaves_no_connection_in_the_middle(db: Database) -> None:
    sleeping = asyncio.create_task(db.one(_SLEEP, {"seconds": 30}))
    await asyncio.sleep(0.3)
    sleeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sleeping
    for _ in range(8):  # more than there are places
        assert await db.one("SELECT 2 AS two", {}) == {"two": 2}


async def test_when_all_are_busy_the_wait_is_bounded(database_url: str) -> None:
    db = Database(database_url, DatabaseSettings(statement_pool_size=1, pool_timeout_s=0.3))
    busy = asyncio.create_task(db.one(_SLEEP, {"seconds": 3}))
    await asyncio.sleep(0.2)
    with pytest.raises(DatabaseUnavailable):
        await pid(db)
    await busy
    assert await pid(db)
    await db.close()


async def test_a_server_that_is_away_is_an_outage_at_once() -> None:
    db = Database("postgresql://nobody@/none?host=/nonexistent", DatabaseSettings())
    with pytest.raises(DatabaseUnavailable):
        await db.one(_PID, {})
    await db.close()
