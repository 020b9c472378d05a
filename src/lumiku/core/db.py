"""The database: one engine, one metadata, and transactions that say plainly when PostgreSQL is away."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any, LiteralString

import psycopg
from sqlalchemy import Column, DateTime, MetaData, event, func
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InterfaceError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from lumiku.core.errors import InvalidInput, Unavailable
from lumiku.core.settings import DatabaseSettings
from lumiku.core.statements import Statements, is_readable

# Constraints get names from their columns, so that `verify` and error handling can name them.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def created_at() -> Column[object]:
    """When the row was made, by the database's clock."""
    return Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now())


def updated_at() -> Column[object]:
    """When the row last changed; kept by a trigger that the migrations add to each table with this column."""
    return Column("updated_at", DateTime(timezone=True), nullable=False, server_default=func.now())


class DatabaseUnavailable(Unavailable):
    """PostgreSQL does not answer, or has no connection to spare."""

    code = "SERVICE_UNAVAILABLE"


class OutcomeUnknown(DatabaseUnavailable):
    """The connection was lost during COMMIT: nobody knows here whether it was done."""


class Database:
    """A pool of connections as the application's role.

    `transaction()` is the way to reach rows: it commits at the end of the block and rolls back on an error.
    """

    def __init__(self, url: str, settings: DatabaseSettings) -> None:
        """Open nothing yet; `url` is a `postgresql://` address with user and password."""
        options = (
            f"-c statement_timeout={int(settings.statement_timeout_s * 1000)}"
            f" -c lock_timeout={int(settings.lock_timeout_s * 1000)}"
            " -c idle_in_transaction_session_timeout=60000 -c timezone=UTC"
        )
        self._statements = Statements(plain_url(url), settings, options)
        self.engine: AsyncEngine = create_async_engine(
            sqlalchemy_url(url),
            pool_size=settings.pool_size,
            max_overflow=0,
            pool_timeout=settings.pool_timeout_s,
            hide_parameters=True,  # addresses and hashes stay out of error texts, and so out of logs
            connect_args={
                "connect_timeout": settings.connect_timeout_s,
                "options": options,
            },
        )

        event.listen(self.engine.sync_engine, "checkout", _refuse_dead)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """One transaction, READ COMMITTED.

        Raises:
            OutcomeUnknown: the connection was lost during COMMIT.
            DatabaseUnavailable: no connection could be had, or it was lost before; nothing is committed.
        """
        committing = False
        try:
            with _outages_named():
                async with self.engine.begin() as connection:
                    yield connection
                    committing = True
        except DatabaseUnavailable as error:
            if committing:
                raise OutcomeUnknown(error.message) from error
            raise

    @asynccontextmanager
    async def autocommit(self) -> AsyncIterator[AsyncConnection]:
        """Every statement is a transaction of its own; for a single one on a row that many want at once.

        Its lock on the row lasts while the statement runs in the server, not until we have asked to commit.

        Raises:
            DatabaseUnavailable: as for `transaction`.
        """
        with _outages_named():
            async with self.engine.connect() as connection:
                yield await connection.execution_options(isolation_level="AUTOCOMMIT")

    async def one(self, statement: LiteralString, given: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """One statement in a transaction of its own, by the driver: for what every request asks.

        Args:
            statement: SQL with `%(name)s` for values; gives at most one row.
            given: the values.

        Raises:
            DatabaseUnavailable: as for `transaction`.
        """
        with _outages_named():
            return await self._statements.one(statement, given)

    async def close(self) -> None:
        """Give all connections back."""
        await self._statements.close()
        await self.engine.dispose()


def _refuse_dead(_connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
    """A look at the socket in place of a question to the server: an idle one is readable when it was closed.

    The pool then opens a new connection, and drops those that are as old.
    """
    driver = record.driver_connection
    if driver is None or driver.closed or is_readable(driver.fileno()):
        raise InvalidatePoolError


@contextmanager
def _outages_named() -> Iterator[None]:
    try:
        yield
    except (
        OperationalError,
        InterfaceError,
        PoolTimeout,
        psycopg.OperationalError,
        psycopg.InterfaceError,
        TimeoutError,
    ) as error:
        raise DatabaseUnavailable("the database does not answer; try again in a moment") from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise DatabaseUnavailable("the database went away; try again in a moment") from error
        raise


def sqlalchemy_url(url: str) -> str:
    """The same address for SQLAlchemy's psycopg dialect."""
    return plain_url(url).replace("postgresql", "postgresql+psycopg", 1)


def plain_url(url: str) -> str:
    """The same address for the driver.

    Raises:
        InvalidInput: it is no address of a PostgreSQL.
    """
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.split("+")[0] not in {"postgresql", "postgres"}:
        raise InvalidInput("the database's address must start with postgresql://")
    return f"postgresql://{rest}"
