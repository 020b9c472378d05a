"""One process at a time fetches, builds or removes; all lock files lie in one folder."""

import contextlib
import logging
from collections.abc import Iterator

from filelock import FileLock, Timeout

from lumiku.engine.settings import EngineSettings

_log = logging.getLogger(__name__)


@contextlib.contextmanager
def lock(settings: EngineSettings, name: str) -> Iterator[None]:
    """Hold `<models_dir>/locks/<name>.lock`; the system frees the lock of a process that died.

    The empty file stays: who deletes one that somebody waits for would let two in at once.

    Raises:
        OSError: the file cannot be made.
    """
    folder = settings.models_dir / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    held = FileLock(folder / f"{name}.lock")
    try:
        held.acquire(timeout=0)
    except Timeout:
        _log.warning("Waiting for another process that is busy with %s.", name)
        held.acquire()
    try:
        yield
    finally:
        held.release()
