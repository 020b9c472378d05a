"""Whether a result is there already, and whether it may be written."""

import os
from pathlib import Path

from lumiku.cli.errors import OutputExists, OutputIsInput
from lumiku.cli.records import Record, Records


class Ledger:
    """Knows for one run what is current, what is in the way, and what must never be replaced.

    A result is current where an earlier run made it from the same picture, unchanged since, in the same way.
    Where no record tells (the state folder was lost, the process was killed in between), a file with
    exactly the picture's modification time is taken for its result.
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
        record = self._records.find(output)
        if record is None or (record.size, record.mtime_ns) != (status.st_size, status.st_mtime_ns):
            if record is None and mtime_ns == status.st_mtime_ns:
                return True
            raise OutputExists("A file that Lumiku did not make is in the way; --force replaces it.")
        if record.source != os.fsencode(source):
            raise OutputExists("The result of another picture is in the way; --force replaces it.")
        if record.source_mtime_ns != mtime_ns:
            raise OutputExists("The picture has changed since its result was made; --force makes it again.")
        if record.options != self._fingerprint:
            raise OutputExists("The result was made with other options; --force makes it again.")
        return True

    def keep(self, output: Path, source: str, mtime_ns: int | None) -> None:
        """Remember a result just written."""
        try:
            status = output.stat()
        except OSError:
            return
        record = Record(os.fsencode(source), mtime_ns, self._fingerprint, status.st_size, status.st_mtime_ns)
        self._records.keep(output, record)


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
