"""The tasks of payments."""

from typing import Final

import structlog

from lumiku.bootstrap import Services
from lumiku.payments.follow_up import ask_gateways, expire_invoices
from lumiku.queue.names import ASK_GATEWAYS, EXPIRE_INVOICES
from lumiku.worker.work import Arguments, Work

_log = structlog.get_logger("lumiku.worker")


async def _ask(services: Services, _arguments: Arguments) -> None:
    settled = await ask_gateways(services.db, services.gateways, services.fulfilment, services.clock())
    if settled:
        _log.warning("paid invoices whose callback never came", invoices=settled)


async def _expire(services: Services, _arguments: Arguments) -> None:
    await expire_invoices(services.db, services.clock())


WORK: Final = (
    Work(ASK_GATEWAYS, _ask, cron="* * * * *"),
    Work(EXPIRE_INVOICES, _expire, cron="*/5 * * * *"),
)
