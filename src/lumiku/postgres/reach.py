"""A database for the time of one command: external, embedded and running, or started for it."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from lumiku.core.db import DatabaseUnavailable
from lumiku.core.settings import DatabaseSettings
from lumiku.postgres.errors import AlreadyRunning, NeverStarted, OtherMajor
from lumiku.postgres.layout import layout_of
from lumiku.postgres.server import PostgresServer
from lumiku.postgres.settings import PostgresSettings
from lumiku.postgres.urls import DatabaseUrls, embedded_urls, external_urls

OLDEST_MAJOR: Final = 15
_POLL_S: Final = 0.1


@contextmanager
def reachable_database(
    data: Path, database: DatabaseSettings, postgres: PostgresSettings, *, create: bool = False
) -> Iterator[DatabaseUrls]:
    """Addresses that answer until the end of the block.

    Args:
        data: the data folder.
        database: with the address of an external server, if there is one.
        postgres: how to start the embedded one.
        create: make an embedded database when there is none yet.

    Raises:
        DatabaseUnavailable: the external server does not answer.
        OtherMajor: the external server is older than PostgreSQL 15.
        NeverStarted: there is no embedded database yet, and none was to be made.
    """
    external = external_urls(database)
    if external is not None:
        _require_version(external.app)
        yield external
        return
    if not create and not layout_of(data).majors():
        raise NeverStarted(f"there is no database in {data} yet; run `lumiku serve` or `lumiku db migrate`")
    server = PostgresServer(data, postgres)
    try:
        server.start()
    except AlreadyRunning:
        yield _running(data, postgres.start_timeout_s)
        return
    try:
        yield server.urls
    finally:
        server.stop()


def connect(url: str, database: str | None = None) -> psycopg.Connection:
    """A plain connection for a command, in autocommit; `database` replaces the address's own.

    Raises:
        DatabaseUnavailable: no connection; the message has the server's reason.
    """
    address = url if database is None else make_conninfo(url, dbname=database)
    try:
        return psycopg.connect(address, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable(f"the database does not answer: {reason(error)}") from error


def reason(error: psycopg.Error) -> str:
    """The server's own one line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


def tool_address(url: str, database: str | None = None) -> tuple[str, Mapping[str, str]]:
    """An address for PostgreSQL's programs: without the password, which goes by the environment."""
    parts = {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
    password = parts.pop("password", None)
    if database is not None:
        parts["dbname"] = database
    return make_conninfo(**parts), {} if password is None else {"PGPASSWORD": password}


def database_name(url: str) -> str:
    """The database that an address leads to."""
    parts = conninfo_to_dict(url)
    return str(parts.get("dbname") or parts.get("user") or "")


def _running(data: Path, patience_s: float) -> DatabaseUrls:
    """The addresses of somebody else's server, once it answers: it may have been started just now."""
    end = time.monotonic() + patience_s
    while True:
        try:
            urls = embedded_urls(data)
            connect(urls.app).close()
        except (NeverStarted, DatabaseUnavailable):
            if time.monotonic() > end:
                raise
            time.sleep(_POLL_S)
        else:
            return urls


def _require_version(url: str) -> None:
    with connect(url) as connection:
        major = connection.info.server_version // 10_000
    if major < OLDEST_MAJOR:
        raise OtherMajor(f"the server is PostgreSQL {major}; Lumiku needs {OLDEST_MAJOR} or newer")
