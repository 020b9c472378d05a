"""A backup: a folder with one consistent dump and its manifest, there whole or not at all."""

import shutil
import tempfile
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import psycopg

from lumiku.core.durable import sync
from lumiku.postgres.binaries import Binaries
from lumiku.postgres.errors import DiskFull, NotEmpty, ServerFailed
from lumiku.postgres.manifest import DUMP_FILE, MANIFEST_FILE, Manifest, count_rows, hash_file, revision_of
from lumiku.postgres.reach import connect, reason, tool_address
from lumiku.postgres.spawn import failure, run_tool
from lumiku.postgres.urls import DatabaseUrls


def backup(urls: DatabaseUrls, target: Path, binaries: Binaries) -> Manifest:
    """Write the database into the new folder `target`; the server goes on working meanwhile.

    The rows are counted in the very snapshot that is dumped. Rate limits, which a crash also empties, are
    left out. Only the folder's owner can read it: it holds all there is but the secrets beside the database.

    Raises:
        NotEmpty: `target` is there already.
        DiskFull: there is no room; nothing is left behind.
        ServerFailed: pg_dump failed, with its own last word.
    """
    if target.exists():
        raise NotEmpty(f"{target} is there already; name another folder")
    unfinished = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        manifest = _dump(urls.owner, unfinished / DUMP_FILE, binaries)
        (unfinished / MANIFEST_FILE).write_text(manifest.model_dump_json(indent=2) + "\n")
        for path in (unfinished / DUMP_FILE, unfinished / MANIFEST_FILE):
            path.chmod(0o600)
        for path in (unfinished / DUMP_FILE, unfinished / MANIFEST_FILE, unfinished):
            sync(path)
        unfinished.rename(target)
        sync(target.parent)
    except psycopg.Error as error:
        raise ServerFailed(f"the backup failed: {reason(error)}") from error
    except OSError as error:
        raise failure("backup", f"error: {error}") from error
    except DiskFull as error:
        raise DiskFull(f"there is no room for the backup in {target.parent}; nothing was left") from error
    finally:
        if unfinished is not None:
            shutil.rmtree(unfinished, ignore_errors=True)
    return manifest


def _dump(url: str, dump: Path, binaries: Binaries) -> Manifest:
    with connect(url) as connection, connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        snapshot, created_at = _row(connection, "SELECT pg_export_snapshot(), now()")
        tables = count_rows(connection)
        address, environment = tool_address(url)
        run_tool(
            [
                binaries.program("pg_dump"),
                "--format=custom",
                "--no-unlogged-table-data",
                f"--snapshot={snapshot}",
                f"--file={dump}",
                f"--dbname={address}",
            ],
            environment,
        )
        assert isinstance(created_at, datetime)  # noqa: S101  for the type checker: it is now()
        return Manifest(
            created_at=created_at,
            lumiku=version("lumiku"),
            server_version=str(connection.info.parameter_status("server_version")).partition(" ")[0],
            revision=revision_of(connection),
            bytes=dump.stat().st_size,
            sha256=hash_file(dump),
            tables=tables,
        )


def _row(connection: psycopg.Connection, query: str) -> tuple[object, ...]:
    row = connection.execute(query.encode()).fetchone()
    if row is None:
        raise ServerFailed("the database answered nothing")
    return tuple(row)
