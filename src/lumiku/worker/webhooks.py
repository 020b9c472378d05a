"""The tasks of webhooks."""

from typing import Final
from uuid import UUID

import structlog

from lumiku.bootstrap import Services
from lumiku.queue.names import DELIVER_WEBHOOK, REQUEUE_WEBHOOKS
from lumiku.webhooks.deliver import Parts, deliver
from lumiku.webhooks.upkeep import requeue_lost
from lumiku.worker.work import Arguments, Work

_log = structlog.get_logger("lumiku.worker")


async def _deliver(services: Services, arguments: Arguments) -> None:
    parts = Parts(services.db, services.settings.webhooks, services.secrets, services.clock)
    await deliver(parts, UUID(str(arguments["delivery_id"])))


async def _requeue(services: Services, _arguments: Arguments) -> None:
    found = await requeue_lost(services.db, now=services.clock())
    if found:
        _log.warning("webhooks without a task queued again", deliveries=found)


WORK: Final = (Work(DELIVER_WEBHOOK, _deliver), Work(REQUEUE_WEBHOOKS, _requeue, cron="* * * * *"))
