"""What there is to know about a database at a glance."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psycopg

from lumiku.core.settings import DatabaseSettings
from lumiku.postgres.cluster import written_major
from lumiku.postgres.errors import AlreadyRunning
from lumiku.postgres.layout import layout_of
from lumiku.postgres.lock import OwnerLock
from lumiku.postgres.manifest import revision_of
from lumiku.postgres.reach import connect, database_name
from lumiku.postgres.urls import DatabaseUrls


@dataclass(frozen=True)
class FolderStatus:
    """The embedded server's folder, without starting anything.

    Attributes:
        folder: where it lies.
        major: the version that wrote it; none before the first start.
        running: somebody owns the server now.
        older: major versions whose folders an upgrade left.
        free_bytes: room on its disk.
    """

    folder: Path
    major: int | None
    running: bool
    older: tuple[int, ...]
    free_bytes: int


@dataclass(frozen=True)
class ServerStatus:
    """What the server says of itself and of our database.

    Attributes:
        kind: ours, or named in the settings.
        version: of PostgreSQL, such as 18.4.
        database: its name.
        bytes: the database's size.
        connections: to the database now, ours left out.
        max_connections: that the server takes in all.
        revision: of the schema; none in an empty database.
        kept: databases that a restore left.
    """

    kind: Literal["embedded", "external"]
    version: str
    database: str
    bytes: int
    connections: int
    max_connections: int
    revision: str | None
    kept: tuple[str, ...]


def folder_status(data: Path) -> FolderStatus:
    """Look at the embedded server's folder."""
    layout = layout_of(data)
    nearest = next(folder for folder in (layout.home, *layout.home.parents) if folder.exists())
    return FolderStatus(
        folder=layout.home,
        major=written_major(layout),
        running=_owned(layout.lock),
        older=tuple(layout.majors()[:-1]),
        free_bytes=shutil.disk_usage(nearest).free,
    )


def server_status(urls: DatabaseUrls, database: DatabaseSettings) -> ServerStatus:
    """Ask the server.

    Raises:
        DatabaseUnavailable: no connection.
    """
    name = database_name(urls.owner)
    with connect(urls.owner) as connection:
        size, connections, most = _row(
            connection,
            "SELECT pg_database_size(current_database()), (SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()), "
            "current_setting('max_connections')::int",
        )
        kept = connection.execute(
            "SELECT datname FROM pg_database WHERE datname ~ ('^' || %s || '_before_[0-9]{14}$') ORDER BY 1",
            [name],
        ).fetchall()
        return ServerStatus(
            kind="embedded" if database.url is None else "external",
            version=str(connection.info.parameter_status("server_version")).partition(" ")[0],
            database=name,
            bytes=size,
            connections=connections,
            max_connections=most,
            revision=revision_of(connection),
            kept=tuple(found for (found,) in kept),
        )


def _owned(path: Path) -> bool:
    if not path.exists():
        return False
    lock = OwnerLock(path)
    try:
        lock.take()
    except AlreadyRunning:
        return True
    lock.release()
    return False


def _row(connection: psycopg.Connection, query: str) -> tuple[int, ...]:
    row = connection.execute(query.encode()).fetchone()
    return tuple(row) if row else ()
