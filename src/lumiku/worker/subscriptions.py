"""The tasks of subscriptions: a mail about each change, and the hourly look."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from lumiku.accounts.letters import recipient
from lumiku.bootstrap import Services
from lumiku.mail.deliver import Post, deliver, was_delivered
from lumiku.mail.texts import write_letter
from lumiku.queue.names import LOOK_AFTER_SUBSCRIPTIONS
from lumiku.subscriptions.changes import SUBSCRIPTION_MAIL
from lumiku.subscriptions.look_after import look_after
from lumiku.subscriptions.read import find_happened
from lumiku.subscriptions.repository import find
from lumiku.worker.work import Arguments, Work

_log = structlog.get_logger("lumiku.worker")


async def send_subscription_mail(services: Services, *, key: str, user_id: UUID, event_id: UUID) -> bool:
    """Send it once; False where there is no mail server, nobody to send to, or it was sent before.

    Raises:
        MailUnavailable: try again later.
        MailRefused: the server will never take it.
    """
    settings, now = services.settings, services.clock()
    if settings.mail.host is None or await was_delivered(services.db, key):
        return False
    async with services.db.transaction() as tx:
        happened, subscription = await find_happened(tx, event_id), await find(tx, user_id)
    if happened is None or subscription is None:
        return False
    to = await recipient(services.db, "subscription", user_id, settings=settings.accounts, now=now)
    if to is None:
        return False
    end = subscription.paid_until
    grace = timedelta(days=settings.subscriptions.grace_days)
    facts = {
        "event": happened.event,
        "state": happened.status_after,
        "plan": happened.plan,
        "next": subscription.next_plan or happened.plan,
        "until": _shown(end),
        "grace": _shown(None if end is None else end + grace),
        "link": f"{settings.server.base_url.rstrip('/')}/apps/background-remover",
    }
    letter = write_letter("subscription", to.language, facts)
    post = Post(key, SUBSCRIPTION_MAIL, user_id, to.email, letter)
    return await deliver(services.db, settings.mail, post, now=now)


def _shown(moment: datetime | None) -> str:
    return "-" if moment is None else f"{moment:%Y-%m-%d %H:%M}"


async def _look_after(services: Services, _arguments: Arguments) -> None:
    done = await look_after(services.db, rules=services.settings, now=services.clock())
    if done.invoiced or done.changed:
        _log.info("subscriptions looked after", invoiced=done.invoiced, changed=done.changed)


WORK: Final = (Work(LOOK_AFTER_SUBSCRIPTIONS, _look_after, cron="7 * * * *"),)
