"""Can the server keep what it has to keep?"""

import asyncio
import shutil
import tempfile
from pathlib import Path

from lumiku.health.check import Check, CheckFailed
from lumiku.storage.base import Storage

_LEAST_FREE_BYTES = 256 * 2**20
_FRESH_S = 5.0


class StorageFull(CheckFailed):
    """The data folder cannot be written to, or has next to no room left."""


def storage_check(data: Path, storage: Storage) -> Check:
    """Writes a few bytes to the data folder and to the storage, and looks at the room that is left."""

    def look() -> str:
        try:
            with tempfile.TemporaryFile(dir=data) as probe:
                probe.write(b"lumiku")
                probe.flush()
            free = shutil.disk_usage(data).free
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise StorageFull(
                f"the data folder cannot be written to: {why}", "UNWRITABLE", why=why
            ) from error
        if free < _LEAST_FREE_BYTES:
            left, least = free // 2**20, _LEAST_FREE_BYTES // 2**20
            raise StorageFull(
                f"the data folder has {left} MiB left and needs {least}: free some space",
                "NO_ROOM",
                leftMiB=left,
                leastMiB=least,
            )
        return f"{free // 2**30} GiB free"

    async def ask() -> str:
        room = await asyncio.to_thread(look)
        await storage.check()
        return room

    return Check("storage", ask, _FRESH_S)
