"""The lock that makes one process the owner of a data folder's server."""

import fcntl
import os
from pathlib import Path

from lumiku.postgres.errors import AlreadyRunning


class OwnerLock:
    """An flock: the kernel lets go of it when the process ends, in whatever way, so it is never stale."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self) -> None:
        """Become the owner; does nothing when we are.

        Raises:
            AlreadyRunning: somebody else is.
        """
        if self._descriptor is not None:
            return
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.read(descriptor, 32).decode(errors="replace").strip()
            os.close(descriptor)
            raise AlreadyRunning(
                f"process {owner or '(unknown)'} runs the database of {self._path.parent.parent} already; "
                "stop it, or choose another data folder"
            ) from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        self._descriptor = descriptor

    def release(self) -> None:
        """Give it back."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
