"""Single statements by the driver itself, for what every request asks.

One row by its key takes 83 us this way, and 229 us by way of SQLAlchemy's pool, compiler and greenlets.
"""

import asyncio
import selectors
from collections.abc import Mapping
from typing import Any, Final, LiteralString

from psycopg import AsyncConnection
from psycopg.pq import TransactionStatus
from psycopg.rows import DictRow, dict_row

from lumiku.core.settings import DatabaseSettings


class Statements:
    """A few connections in autocommit, each opened when all others are busy and kept.

    Not psycopg's own pool: while the database is away, that lets a caller wait for its whole timeout, and
    here every request would.
    """

    def __init__(self, url: str, settings: DatabaseSettings, options: str) -> None:
        """Open nothing yet; `options` are those of every connection."""
        self._url: Final = url
        self._options: Final[dict[str, Any]] = {
            "connect_timeout": settings.connect_timeout_s,
            "options": options,
        }
        self._wait_s: Final = settings.pool_timeout_s
        self._places: Final = asyncio.Semaphore(settings.statement_pool_size)
        self._idle: Final[list[AsyncConnection[DictRow]]] = []

    async def one(self, statement: LiteralString, given: Mapping[str, Any]) -> DictRow | None:
        """Run a statement that gives at most one row.

        Raises:
            psycopg.Error: what the database says, or that it is away.
            TimeoutError: all connections are busy for too long.
        """
        async with asyncio.timeout(self._wait_s):
            await self._places.acquire()
        try:
            connection = await self._take()
            try:
                return await (await connection.execute(statement, given, prepare=True)).fetchone()
            finally:
                await self._give_back(connection)
        finally:
            self._places.release()

    async def close(self) -> None:
        """Close all connections."""
        while self._idle:
            await self._idle.pop().close()

    async def _take(self) -> AsyncConnection[DictRow]:
        while self._idle:
            connection = self._idle.pop()
            if not connection.closed and not is_readable(connection.fileno()):
                return connection
            await connection.close()
        return await AsyncConnection.connect(
            self._url, autocommit=True, row_factory=dict_row, **self._options
        )

    async def _give_back(self, connection: AsyncConnection[DictRow]) -> None:
        """Keep it, unless it was lost or left in the middle of something."""
        if connection.info.transaction_status == TransactionStatus.IDLE:
            self._idle.append(connection)
        else:
            await connection.close()


def is_readable(descriptor: int) -> bool:
    """Whether an idle connection's socket has something to say, which can only be that it was closed."""
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        return bool(selector.select(0))
