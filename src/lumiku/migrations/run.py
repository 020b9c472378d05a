"""Brings a database's schema up to this release, all of it or nothing."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from lumiku.core.db import DatabaseUnavailable, sqlalchemy_url
from lumiku.core.errors import InternalError
from lumiku.migrations.grants import grant

VERSIONS = Path(__file__).parent / "versions"
_LOCK = int.from_bytes(b"Lumiku", "big")  # the advisory lock's number; any fixed one will do
_WAIT_FOR_OTHERS = "10min"  # as long as another start may migrate
_WAIT_FOR_TABLES = "30s"  # then give up, rather than have every query queue behind us


class MigrationFailed(InternalError):
    """The schema could not be brought up to date; it is as it was."""

    code = "MIGRATION_FAILED"


def migrate(owner_url: str, app_role: str | None, *, versions: Sequence[Path] = (VERSIONS,)) -> list[str]:
    """Apply what is pending and grant the application's role its rights, in one transaction.

    Starts at the same time wait for each other, and only the first finds something to do. A database that a
    newer release has migrated is left alone.

    Args:
        owner_url: the address of the role that owns the tables.
        app_role: the application's role; none, or the owner itself, is granted nothing.
        versions: the folders of revisions.

    Returns:
        The revisions that were applied, in order.

    Raises:
        MigrationFailed: a revision failed, which its message names; nothing was changed.
        DatabaseUnavailable: no connection.
        InvalidInput: the application's role does not exist.
    """
    config = alembic_config(versions)
    with _connect(owner_url) as connection:
        todo: list[str] = []
        applied: list[str] = []
        config.attributes.update(connection=connection, applied=applied)
        try:
            with connection.begin():
                connection.execute(text(f"SET LOCAL lock_timeout = '{_WAIT_FOR_OTHERS}'"))
                connection.execute(text("SET LOCAL statement_timeout = 0"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
                connection.execute(text(f"SET LOCAL lock_timeout = '{_WAIT_FOR_TABLES}'"))
                script = ScriptDirectory.from_config(config)
                if is_ahead(connection, script):
                    return []
                todo = unapplied(connection, script)
                if todo:
                    command.upgrade(config, "heads")
                if app_role and app_role != connection.scalar(text("SELECT current_user")):
                    grant(connection, app_role, our_tables(connection))
        except (SQLAlchemyError, psycopg.Error, CommandError, LookupError) as error:
            raise MigrationFailed(_explain(error, todo, applied)) from error
    return applied


def pending(url: str, *, versions: Sequence[Path] = (VERSIONS,)) -> list[str]:
    """The revisions that this release has and the database lacks, oldest first; any role may ask.

    Raises:
        DatabaseUnavailable: no connection.
    """
    with _connect(url) as connection:
        return unapplied(connection, ScriptDirectory.from_config(alembic_config(versions)))


def role_of(url: str) -> str | None:
    """The role that an address logs in as."""
    return make_url(sqlalchemy_url(url)).username


@cache
def packaged_revisions() -> ScriptDirectory:
    """The revisions of this release."""
    return ScriptDirectory.from_config(alembic_config((VERSIONS,)))


def unapplied(connection: Connection, script: ScriptDirectory) -> list[str]:
    """As `pending`, on an open connection."""
    if is_ahead(connection, script):
        return []
    known = {revision.revision for revision in script.iterate_revisions(_current(connection), "base")}
    return [revision.revision for revision in script.walk_revisions() if revision.revision not in known][::-1]


def is_ahead(connection: Connection, script: ScriptDirectory) -> bool:
    """Whether the database has a revision that we do not know: a newer release was here."""
    ours = {revision.revision for revision in script.walk_revisions()}
    return not set(_current(connection)) <= ours


def our_tables(connection: Connection) -> list[str]:
    """The tables in our schema that the connected role owns."""
    query = """
        SELECT relname::text FROM pg_class WHERE relkind IN ('r', 'p')
        AND relnamespace = current_schema()::regnamespace AND relowner = current_user::regrole ORDER BY 1
    """
    return list(connection.scalars(text(query)))


def _current(connection: Connection) -> tuple[str, ...]:
    if connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return ()
    return tuple(connection.scalars(text("SELECT version_num FROM alembic_version")))


def alembic_config(versions: Sequence[Path]) -> Config:
    """For Alembic's own functions; whoever runs the environment puts a connection into its attributes."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.set_main_option(
        "version_locations", "\n".join(str(folder) for folder in versions).replace("%", "%%")
    )
    return config


@contextmanager
def _connect(url: str) -> Iterator[Connection]:
    engine = create_engine(sqlalchemy_url(url), poolclass=NullPool, connect_args={"connect_timeout": 10})
    try:
        try:
            connection = engine.connect()
        except OperationalError as error:
            raise DatabaseUnavailable(f"the database does not answer: {_reason(error)}") from error
        with connection:
            yield connection
    finally:
        engine.dispose()


def _explain(error: Exception, todo: list[str], applied: list[str]) -> str:
    where = f"revision {todo[len(applied)]}" if len(applied) < len(todo) else "the grants"
    return f"the migration failed at {where} and changed nothing: {_reason(error)}"


def _reason(error: Exception) -> str:
    """The server's own one line, without the statement and its values."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        error = error.orig if isinstance(error.orig, Exception) else error
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
