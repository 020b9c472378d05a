"""What this user's earlier runs made, so that a later run knows its own files; losing it costs little."""

import contextlib
import os
import sqlite3
import threading
from dataclasses import astuple, dataclass
from pathlib import Path

_SCHEMA = """
create table if not exists outputs (
    path blob primary key, source blob not null, source_mtime_ns integer, options text not null,
    size integer not null, mtime_ns integer not null
) without rowid
"""


@dataclass(frozen=True, slots=True)
class Record:
    """One file that we made.

    Attributes:
        source: what it was made from.
        source_mtime_ns: of that picture then; None for addresses and standard input.
        options: a fingerprint of everything that shaped it.
        size, mtime_ns: of the file as we left it: anything else there now is somebody else's.
    """

    source: bytes
    source_mtime_ns: int | None
    options: str
    size: int
    mtime_ns: int


class Records:
    """A table of outputs by path, in a file outside the output folders. Thread-safe."""

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.Lock()
        self._table = _open(path) if path else None

    def find(self, output: Path) -> Record | None:
        """The record of a file, if we made one there."""
        query = "select source, source_mtime_ns, options, size, mtime_ns from outputs where path = ?"
        with self._lock, contextlib.suppress(sqlite3.Error):
            row = self._table.execute(query, (_key(output),)).fetchone() if self._table else None
            return Record(*row) if row else None
        return None

    def keep(self, output: Path, record: Record) -> None:
        """Remember a file just made."""
        with self._lock, contextlib.suppress(sqlite3.Error):
            if self._table:
                self._table.execute(
                    "insert or replace into outputs values (?, ?, ?, ?, ?, ?)",
                    (_key(output), *astuple(record)),
                )

    def close(self) -> None:
        """Let the file go."""
        with self._lock:
            if self._table:
                self._table.close()
            self._table = None


def records_path() -> Path:
    """Where the records lie: the user's state folder."""
    from platformdirs import user_state_path

    return user_state_path("lumiku") / "outputs.sqlite3"


def _open(path: Path) -> sqlite3.Connection | None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        table = sqlite3.connect(path, timeout=5, isolation_level=None, check_same_thread=False)
        # Write-ahead without a flush a row: after a power cut the last rows may lack, the file stays whole.
        table.execute("pragma journal_mode = wal")
        table.execute("pragma synchronous = normal")
        table.execute(_SCHEMA)
    except (sqlite3.Error, OSError):
        return None
    return table


def _key(output: Path) -> bytes:
    return os.fsencode(output.absolute())
