"""The tasks that remove backgrounds: from the queue to the use case, with the engine at hand."""

from uuid import UUID

import structlog

from lumiku.bootstrap import Services
from lumiku.queue.names import REMOVE, REMOVE_NOW, REQUEUE_LOST
from lumiku.removals.engine import Engine
from lumiku.removals.process import Parts, give_up, process
from lumiku.removals.requeue import requeue_lost
from lumiku.worker.work import Arguments, Work

_log = structlog.get_logger("lumiku.worker")


def removal_works(engine: Engine) -> tuple[Work, ...]:
    """What a worker with this engine can do."""

    def parts(services: Services) -> Parts:
        return Parts(services.db, services.storage, engine, services.clock)

    async def remove_now(services: Services, arguments: Arguments) -> None:
        await process(parts(services), _job_id(arguments), interactive=True)

    async def remove(services: Services, arguments: Arguments) -> None:
        await process(parts(services), _job_id(arguments), interactive=False)

    async def fail(services: Services, arguments: Arguments) -> None:
        await give_up(parts(services), _job_id(arguments))

    return (
        Work(REMOVE_NOW, remove_now, give_up=fail),
        Work(REMOVE, remove, give_up=fail),
        Work(REQUEUE_LOST, _requeue_lost, cron="* * * * *"),
    )


def _job_id(arguments: Arguments) -> UUID:
    return UUID(str(arguments["job_id"]))


async def _requeue_lost(services: Services, _arguments: Arguments) -> None:
    found = await requeue_lost(services.db, services.clock())
    if found.requeued or found.failed:
        _log.warning("the queue had lost jobs", requeued=found.requeued, failed=found.failed)
