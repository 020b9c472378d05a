"""Would accepted work be done?"""

from lumiku.core.db import Database
from lumiku.core.errors import Unavailable
from lumiku.health.check import Check
from lumiku.queue.heartbeat import living_workers, missing_queues


class NoWorker(Unavailable):
    """No living worker serves a queue."""


def workers_check(db: Database) -> Check:
    """A living worker for each queue."""

    async def ask() -> str:
        async with db.transaction() as tx:
            living = await living_workers(tx)
            missing = await missing_queues(tx)
        if missing:
            raise NoWorker(f"no living worker serves {', '.join(sorted(missing))}")
        return f"{len(living)} alive"

    return Check("workers", ask)
