"""What this user's runs made: later ones know their own files by it, and skip or replace no others."""

import contextlib
import os
import sqlite3
import threading
from dataclasses import astuple, dataclass
from pathlib import Path

_SCHEMA = """
create table if not exists made (
    path blob not null, size integer not null, mtime_ns integer not null,
    source blob not null, source_mtime_ns integer, options text not null,
    primary key (path, size, mtime_ns)
) without rowid
"""


@dataclass(frozen=True, slots=True)
class Record:
    """One file that we made.

    Attributes:
        size, mtime_ns: of the file as we made it: anything else there now is somebody else's.
        source: what it was made from.
        source_mtime_ns: of that picture then; None for addresses and standard input.
        options: a fingerprint of everything that shaped it.
    """

    size: int
    mtime_ns: int
    source: bytes
    source_mtime_ns: int | None
    options: str


class Records:
    """A table of files made, by path, in a file outside the output folders. Thread-safe.

    A path may have several: two runs at once may be about to write there, and only one will.
    """

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.Lock()
        self._table = _open(path) if path else None

    def find(self, output: Path) -> list[Record]:
        """The records of what we made there, or were about to."""
        query = "select size, mtime_ns, source, source_mtime_ns, options from made where path = ?"
        with self._lock, contextlib.suppress(sqlite3.Error):
            rows = self._table.execute(query, (_key(output),)).fetchall() if self._table else []
            return [Record(*row) for row in rows]
        return []

    def keep(self, output: Path, record: Record) -> None:
        """Remember a file that is made and about to get its name."""
        with self._lock, contextlib.suppress(sqlite3.Error):
            if self._table:
                self._table.execute(
                    "insert or replace into made values (?, ?, ?, ?, ?, ?)",
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
        # Write-ahead without a flush a row: after a power cut the last rows may lack, and with them the
        # knowledge of the last results; the file stays whole.
        table.execute("pragma journal_mode = wal")
        table.execute("pragma synchronous = normal")
        table.execute(_SCHEMA)
    except (sqlite3.Error, OSError):
        return None
    return table


def _key(output: Path) -> bytes:
    return os.fsencode(output.absolute())
