"""The task that sends an account's mail: from ids to a letter in the person's language."""

from datetime import timedelta
from uuid import UUID

from lumiku.accounts.hooks import MailKind
from lumiku.accounts.letters import recipient
from lumiku.core.clock import Clock
from lumiku.core.db import Database
from lumiku.mail.deliver import Post, deliver, was_delivered
from lumiku.mail.texts import write_letter
from lumiku.settings import Settings


async def send_account_mail(
    db: Database, settings: Settings, clock: Clock, *, key: str, kind: MailKind, user_id: UUID
) -> bool:
    """Send it once; False where there is no mail server, nobody to send to, or it was sent before.

    The link is made now: its token is in the mail and nowhere else.

    Raises:
        MailUnavailable: try again later.
        MailRefused: the server will never take it.
    """
    if settings.mail.host is None or await was_delivered(db, key):
        return False
    now = clock()
    to = await recipient(db, kind, user_id, settings=settings.accounts, now=now)
    if to is None:
        return False
    base = settings.server.base_url.rstrip("/")
    link = f"{base}/forgot-password" if to.token is None else f"{base}/reset-password#token={to.token}"
    expires = now + timedelta(seconds=settings.accounts.reset_link_ttl_s)
    facts = {"link": link, "expires": f"{expires:%Y-%m-%d %H:%M}", "account": f"{base}/account"}
    letter = write_letter(kind, to.language, facts)
    return await deliver(db, settings.mail, Post(key, kind, user_id, to.email, letter), now=now)
