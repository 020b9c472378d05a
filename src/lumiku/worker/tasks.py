"""The tasks of this release: each one line from the queue to a use case."""

from datetime import datetime
from typing import Final, cast
from uuid import UUID

import structlog

from lumiku.accounts.hooks import MailKind
from lumiku.accounts.purge import purge_expired
from lumiku.bootstrap import Services
from lumiku.core.errors import InternalError
from lumiku.core.idempotency import forget_expired
from lumiku.core.ratelimit import forget_idle
from lumiku.credits.audit import audit
from lumiku.credits.holds import release_expired
from lumiku.mail.deliver import forget_deliveries
from lumiku.queue.fairness import shift_clocks
from lumiku.queue.heartbeat import forget_dead
from lumiku.queue.names import (
    AUDIT_LEDGER,
    CLEAN_UP,
    ERASE_FILES,
    PURGE_EXPIRED,
    RELEASE_STALE_HOLDS,
    SEND_MAIL,
)
from lumiku.queue.purge import forget_finished
from lumiku.queue.rescue import forget_rescues
from lumiku.removals.erase_files import erase_files
from lumiku.removals.report import BATCH_MAIL
from lumiku.subscriptions.changes import SUBSCRIPTION_MAIL
from lumiku.webhooks.upkeep import forget_old
from lumiku.worker import payments, subscriptions, webhooks
from lumiku.worker.clean_up import clean_up
from lumiku.worker.send_batch_mail import send_batch_mail
from lumiku.worker.send_mail import send_account_mail
from lumiku.worker.subscriptions import send_subscription_mail
from lumiku.worker.work import Arguments, Work

_log = structlog.get_logger("lumiku.worker")


class LedgerBroken(InternalError):
    """An invariant of the ledger does not hold."""


async def _send_mail(services: Services, arguments: Arguments) -> None:
    key, user_id = str(arguments["key"]), UUID(str(arguments["user_id"]))
    if arguments["kind"] == BATCH_MAIL:
        batch_id = UUID(str(arguments["batch_id"]))
        await send_batch_mail(services, key=key, user_id=user_id, batch_id=batch_id)
        return
    if arguments["kind"] == SUBSCRIPTION_MAIL:
        event_id = UUID(str(arguments["event_id"]))
        await send_subscription_mail(services, key=key, user_id=user_id, event_id=event_id)
        return
    kind = cast("MailKind", arguments["kind"])
    until = arguments.get("wanted_until")  # rows of earlier releases have none
    await send_account_mail(
        services.db,
        services.settings,
        services.clock,
        key=key,
        kind=kind,
        subject_id=user_id,
        wanted_until=None if until is None else datetime.fromisoformat(str(until)),
    )


async def _release_stale_holds(services: Services, _arguments: Arguments) -> None:
    released = await release_expired(services.db, services.clock())
    if released:
        _log.warning("stale holds released", holds=released)


async def _purge(services: Services, _arguments: Arguments) -> None:
    db, now = services.db, services.clock()
    gone = await purge_expired(db, settings=services.settings.accounts, now=now)
    gone["idempotency_keys"] = await forget_expired(db, now)
    gone["rate_limits"] = await forget_idle(db)
    gone["mail_deliveries"] = await forget_deliveries(db, now=now)
    gone["webhook_deliveries"] = await forget_old(db, services.settings.webhooks, now=now)
    async with db.transaction() as tx:
        gone["queue_jobs"] = await forget_finished(tx)
        gone["queue_rescues"] = await forget_rescues(tx)
        gone["worker_heartbeats"] = await forget_dead(tx)
    await shift_clocks(db)
    _log.info("expired rows deleted", **gone)


async def _audit(services: Services, _arguments: Arguments) -> None:
    violations = await audit(services.db)
    for violation in violations:
        _log.critical("the ledger is broken", violation=str(violation))
    _log.info("ledger audited", violations=len(violations))
    if violations:  # so that the task stays in the queue as failed, for administrators to see
        raise LedgerBroken(f"the ledger is broken in {len(violations)} places")


async def _erase_files(services: Services, arguments: Arguments) -> None:
    erased = await erase_files(services.db, services.storage, UUID(str(arguments["user_id"])))
    _log.info("an erased account's files are deleted", files=erased)


WORK: Final = (
    Work(SEND_MAIL, _send_mail),
    *webhooks.WORK,
    *subscriptions.WORK,
    *payments.WORK,
    Work(RELEASE_STALE_HOLDS, _release_stale_holds, cron="* * * * *"),
    Work(PURGE_EXPIRED, _purge, cron="17 * * * *"),
    Work(AUDIT_LEDGER, _audit, cron="40 2 * * *"),
    Work(CLEAN_UP, clean_up, cron="10 3 * * *"),
    Work(ERASE_FILES, _erase_files),
)
