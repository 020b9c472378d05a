"""A restore: into a new database, compared with the manifest, then swapped in with one transaction."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting
from dataclasses import dataclass
from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from lumiku.core.errors import Conflict
from lumiku.postgres.binaries import Binaries
from lumiku.postgres.errors import BadBackup, NotEmpty, ServerFailed
from lumiku.postgres.manifest import DUMP_FILE, Manifest, count_rows, read_manifest
from lumiku.postgres.reach import connect, database_name, reason, tool_address
from lumiku.postgres.roles import create_database
from lumiku.postgres.spawn import run_tool
from lumiku.postgres.urls import DatabaseUrls

_LOCK: Final = int.from_bytes(b"restore", "big")
_TERMINATE_EVERY_S: Final = 0.1


@dataclass(frozen=True)
class Restored:
    """What came of it.

    Attributes:
        manifest: of the backup.
        kept: the name that the database had before goes by now; none if that was empty.
    """

    manifest: Manifest
    kept: str | None


def restore(
    urls: DatabaseUrls,
    source: Path,
    binaries: Binaries,
    *,
    force: bool = False,
    finish: Callable[[str], object] = lambda _url: None,
) -> Restored:
    """Put a backup in the place of the present database, which is kept under another name.

    Args:
        urls: the addresses; an external server's owner needs CREATEDB, and to be allowed to end the
            application's connections.
        source: the backup's folder.
        binaries: for pg_restore.
        force: also when the present database has tables.
        finish: is called with the owner's address of the new database before it takes the place of the
            present one; migrates it and grants the application its rights.

    Raises:
        BadBackup: it is none, was damaged, or does not hold what its manifest says.
        NotEmpty: the present database has tables, and `force` was not given.
        Conflict: another restore is running.
        ServerFailed: PostgreSQL refused; the present database is as it was.
    """
    manifest = read_manifest(source)
    name = database_name(urls.owner)
    try:
        with connect(urls.superuser or urls.owner, "postgres") as admin:
            if not _ask(admin, "SELECT pg_try_advisory_lock(%s)", _LOCK):
                raise Conflict("another restore is running on this server")
            filled = _table_count(urls.owner, name) if _exists(admin, name) else 0
            if filled and not force:
                raise NotEmpty(
                    f"the database {name} has {filled} tables; with --force the backup takes its place, and "
                    "it is kept under another name"
                )
            _drop_unfinished(admin, name)
            fresh = f"{name}_restoring_{datetime.now(UTC):%Y%m%d%H%M%S}"
            create_database(admin, fresh, _role(urls.owner), _role(urls.app))
            try:
                _fill(urls.owner, fresh, source, binaries, manifest)
                finish(_address(urls.owner, fresh))
                kept = _swap(admin, urls, name, fresh)
            finally:
                _drop_unfinished(admin, name)
            if kept is not None and not _table_count(urls.owner, kept):
                _drop(admin, kept)
                kept = None
    except psycopg.Error as error:
        raise ServerFailed(f"the restore failed: {reason(error)}") from error
    return Restored(manifest, kept)


def _fill(url: str, database: str, source: Path, binaries: Binaries, manifest: Manifest) -> None:
    address, environment = tool_address(url, database)
    run_tool(
        [
            binaries.program("pg_restore"),
            "--no-owner",
            "--no-acl",
            "--exit-on-error",
            "--single-transaction",
            f"--dbname={address}",
            source / DUMP_FILE,
        ],
        environment,
    )
    with connect(url, database) as connection:
        found = count_rows(connection)
        connection.execute("ANALYZE")
    wrong = sorted({table for table, _ in found.items() ^ manifest.tables.items()})
    if wrong:
        raise BadBackup(f"the restored rows are not those of the manifest, in {', '.join(wrong)}")


def _swap(admin: psycopg.Connection, urls: DatabaseUrls, name: str, fresh: str) -> str | None:
    """Rename both in one transaction, so that at any moment there is one database of that name."""
    old, new = sql.Identifier(name), sql.Identifier(fresh)
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    if not _exists(admin, name):
        admin.execute(rename.format(new, old))
        return None
    kept = f"{name}_before_{datetime.now(UTC):%Y%m%d%H%M%S}"

    def rename_both() -> None:
        with connect(urls.superuser or urls.owner, "postgres") as connection, connection.transaction():
            connection.execute(rename.format(old, sql.Identifier(kept)))
            connection.execute(rename.format(new, old))

    # A rename waits until nobody is connected, and lets nobody connect meanwhile; those who are get ended.
    with ThreadPoolExecutor(1) as pool:
        renamed = pool.submit(rename_both)
        while not _done(renamed):
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ANY(%s)",
                [[name, fresh]],
            )
        renamed.result()
    return kept


def _done(renamed: Future[None]) -> bool:
    try:
        renamed.exception(_TERMINATE_EVERY_S)
    except StillWaiting:
        return False
    return True


def _drop_unfinished(admin: psycopg.Connection, name: str) -> None:
    """What this restore, or one that was killed, did not finish; the lock says that none is at work on it."""
    query = "SELECT datname FROM pg_database WHERE datname ~ ('^' || %s || '_restoring_[0-9]{14}$')"
    for (unfinished,) in admin.execute(query, [name]).fetchall():
        _drop(admin, unfinished)


def _drop(admin: psycopg.Connection, name: str) -> None:
    admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _exists(admin: psycopg.Connection, name: str) -> bool:
    return bool(_ask(admin, "SELECT count(*) FROM pg_database WHERE datname = %s", name))


def _table_count(url: str, database: str) -> int:
    with connect(url, database) as connection:
        return len(count_rows(connection))


def _ask(connection: psycopg.Connection, query: str, value: object) -> object:
    row = connection.execute(query.encode(), [value]).fetchone()
    return row[0] if row else None


def _role(url: str) -> str:
    return str(conninfo_to_dict(url).get("user") or getuser())


def _address(url: str, database: str) -> str:
    """The same address with another database; as an address, for SQLAlchemy reads nothing else."""
    before, _, rest = url.partition("://")
    authority, slash, tail = rest.partition("/")
    query = tail.partition("?")[2]
    return f"{before}://{authority}{slash or '/'}{database}{'?' if query else ''}{query}"
