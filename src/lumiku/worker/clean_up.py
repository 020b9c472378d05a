"""The task that cleans up: tells the log what it did, and what somebody should look at."""

from collections import Counter

import structlog

from lumiku.bootstrap import Services
from lumiku.removals.cleanup import cleanup
from lumiku.removals.findings import Finding
from lumiku.storage.errors import StorageUnavailable
from lumiku.worker.work import Arguments

_NAMED = 20  # a line each in the log; `lumiku cleanup --dry-run` names all

_log = structlog.get_logger("lumiku.worker")


async def clean_up(services: Services, _arguments: Arguments) -> None:
    """Clean up once.

    Raises:
        StorageUnavailable: the storage did not do all that it was asked; the queue tries again later.
    """
    counts: Counter[str] = Counter()
    settings = services.settings.retention
    async for found in cleanup(services.db, services.storage, settings, services.clock()):
        counts[found.what] += 1
        _tell(found, counts[found.what])
    _log.info("cleaned up", **{what.replace("-", "_"): number for what, number in counts.items()})
    if counts["orphan-kept"]:
        _log.error("too many stored files without a job, so none was deleted", files=counts["orphan-kept"])
    if counts["not-deleted"]:
        raise StorageUnavailable("some files could not be deleted")


def _tell(found: Finding, number: int) -> None:
    if number > _NAMED:
        return
    if found.what == "file-missing":
        _log.error("a job's file is gone", job=found.job, key=found.subject)
    elif found.what == "not-deleted":
        _log.warning("a file could not be deleted", key=found.subject)
