"""Would accepted work be done?"""

from typing import ClassVar

from lumiku.core.db import Database
from lumiku.health.check import Check, CheckFailed, Reason
from lumiku.queue.heartbeat import living_workers, missing_queues


class NoWorker(CheckFailed):
    """No living worker serves a queue."""

    kind: ClassVar[Reason] = "NO_WORKER"


def workers_check(db: Database) -> Check:
    """A living worker for each queue."""

    async def ask() -> str:
        async with db.transaction() as tx:
            living = await living_workers(tx)
            missing = await missing_queues(tx)
        if missing:
            queues = sorted(missing)
            raise NoWorker(f"no living worker serves {', '.join(queues)}", queues=queues)
        return f"{len(living)} alive"

    return Check("workers", ask)
