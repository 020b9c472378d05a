"""What a backup says about itself, and what is compared with it after a restore."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

import psycopg
from psycopg import sql
from pydantic import BaseModel, ConfigDict, ValidationError

from lumiku.postgres.errors import BadBackup

DUMP_FILE: Final = "database.dump"
MANIFEST_FILE: Final = "manifest.json"


class Manifest(BaseModel):
    """The file beside the dump.

    Attributes:
        format: of this file.
        created_at: when the snapshot was taken, by the database's clock.
        lumiku: the version that made it.
        server_version: of PostgreSQL, such as 18.4.
        revision: of the schema; none in an empty database.
        bytes: of the dump.
        sha256: of the dump.
        tables: rows of each table that outlives a crash, in the snapshot.
    """

    model_config = ConfigDict(frozen=True)

    format: Literal[1] = 1
    created_at: datetime
    lumiku: str
    server_version: str
    revision: str | None
    bytes: int
    sha256: str
    tables: dict[str, int]


def read_manifest(source: Path) -> Manifest:
    """The manifest of a backup whose dump is as it was written.

    Raises:
        BadBackup: it is none, or the dump was changed.
    """
    try:
        manifest = Manifest.model_validate_json((source / MANIFEST_FILE).read_bytes())
        found = hash_file(source / DUMP_FILE)
    except FileNotFoundError as error:
        raise BadBackup(f"{source} is no backup of Lumiku: it has no {error.filename}") from error
    except (ValidationError, OSError) as error:
        raise BadBackup(f"{source} cannot be read as a backup of Lumiku") from error
    if found != manifest.sha256:
        raise BadBackup(f"{source / DUMP_FILE} was damaged: it is not the file that was written")
    return manifest


def hash_file(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def count_rows(connection: psycopg.Connection) -> dict[str, int]:
    """The rows of every table of ours that outlives a crash."""
    tables = connection.execute("""
        SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND n.nspname <> 'information_schema'
          AND n.nspname NOT LIKE 'pg\\_%' ORDER BY 1, 2
    """).fetchall()
    counts: dict[str, int] = {}
    for schema, table in tables:
        query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))
        row = connection.execute(query).fetchone()
        counts[f"{schema}.{table}"] = row[0] if row else 0
    return counts


def revision_of(connection: psycopg.Connection) -> str | None:
    """The schema's revision, as Alembic keeps it."""
    known = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
    if known is None or known[0] is None:
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return row[0] if row else None
