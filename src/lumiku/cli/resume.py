"""Whether a result is there already, and whether it may be written."""

import os
from pathlib import Path

from lumiku.cli.errors import OutputExists, OutputIsInput
from lumiku.cli.records import Record, Records


class Ledger:
    """Knows for one run what is current, what is in the way, and what must never be replaced.

    A result is current where a run, earlier or beside this one, made it from the same picture, unchanged
    since, in the same way. Where no record says so, nothing does: the file is left alone.
    """

    def __init__(
        self, records: Records, fingerprint: str, inputs: frozenset[tuple[int, int]], *, force: bool
    ):
        self._records = records
        self._fingerprint = fingerprint
        self._inputs = inputs
        self._force = force

    @property
    def force(self) -> bool:
        """Whether files in the way are replaced."""
        return self._force

    def is_current(self, output: Path, source: str, mtime_ns: int | None) -> bool:
        """Whether there is nothing to do for this picture.

        Args:
            output: where its result goes.
            source: its absolute name.
            mtime_ns: its modification time, if it has one.

        Raises:
            OutputIsInput: the result would replace one of this run's pictures.
            OutputExists: something else is there, and replacing was not allowed.
        """
        try:
            status = output.stat()
        except FileNotFoundError:
            if output.is_symlink():
                raise OutputExists("A broken link is in the way.") from None
            return False
        except OSError:
            return False  # writing will tell more
        if (status.st_dev, status.st_ino) in self._inputs:
            raise OutputIsInput("The result would replace a picture that is read: choose another output.")
        if output.is_dir():
            raise OutputExists("A folder is in the way.")
        if self._force:
            return False
        record = self._record_of(output, status)
        if record.source != os.fsencode(source):
            raise OutputExists("The result of another picture is in the way; --force replaces it.")
        if record.source_mtime_ns != mtime_ns:
            raise OutputExists("The picture has changed since its result was made; --force makes it again.")
        if record.options != self._fingerprint:
            raise OutputExists("The result was made with other options; --force makes it again.")
        return True

    def keep(self, output: Path, source: str, mtime_ns: int | None, made: os.stat_result) -> None:
        """Remember a result that is written and about to get its name, so that no kill comes in between."""
        record = Record(made.st_size, made.st_mtime_ns, os.fsencode(source), mtime_ns, self._fingerprint)
        self._records.keep(output, record)

    def _record_of(self, output: Path, status: os.stat_result) -> Record:
        """The record of just this file; raises OutputExists where there is none."""
        records = self._records.find(output)
        for record in records:
            if (record.size, record.mtime_ns) == (status.st_size, status.st_mtime_ns):
                return record
        if records:
            raise OutputExists(
                "A result that was changed since Lumiku made it is in the way; --force replaces it."
            )
        raise OutputExists(
            "A file is in the way, and Lumiku has no record of having made it: move it away, name another "
            "output with -o, or replace it with --force."
        )


def identities(paths: list[Path]) -> frozenset[tuple[int, int]]:
    """Device and inode of each file that is there."""
    found = set()
    for path in paths:
        try:
            status = path.stat()
        except OSError:
            continue
        found.add((status.st_dev, status.st_ino))
    return frozenset(found)
