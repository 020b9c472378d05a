"""`--watch`: a folder's pictures as they arrive, each once it has stopped changing."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from lumiku.cli.naming import Job

POLL_S = 0.5
SETTLE_S = 2.0

_Signature = tuple[int, int, int, int]


def watch(
    list_jobs: Callable[[], Iterator[Job]],
    *,
    poll_s: float = POLL_S,
    settle_s: float = SETTLE_S,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Job | None]:
    """Look again and again, and yield each picture that has not changed for a while; never ends by itself.

    A picture that changes later is yielded again. What is half copied grows, so it has not settled; where a
    copy pauses for longer, the half picture fails and the whole one is yielded when it is there.

    Args:
        list_jobs: all pictures that are there now.
        poll_s: between two looks.
        settle_s: how long size and times must stay the same.
        clock: seconds that only grow.
        sleep: waits so many seconds.

    Yields:
        A job, or None after each look so that others can go on.
    """
    seen: dict[Path, tuple[_Signature, float | None]] = {}
    while True:
        now = clock()
        present: dict[Path, tuple[_Signature, float | None]] = {}
        for job in list_jobs():
            path = job.source.path
            signature = _look(path)
            if signature is None:
                continue
            before, since = seen.get(path, (None, now))
            if before != signature:
                since = now
            if since is not None and before == signature and now - since >= settle_s:
                since = None  # handed over
                yield job
            present[path] = (signature, since)
        seen = present
        yield None
        sleep(poll_s)


def _look(path: Path) -> _Signature | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
