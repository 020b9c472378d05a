"""The task that sends an account's mail: from ids to a letter in the person's language."""

from datetime import datetime
from typing import Final
from uuid import UUID

from lumiku.accounts.hooks import MailKind
from lumiku.accounts.letters import LetterKind, recipient, withdraw
from lumiku.core.clock import Clock
from lumiku.core.db import Database
from lumiku.core.errors import LumikuError
from lumiku.mail.deliver import Post, deliver, was_delivered
from lumiku.mail.errors import MailTooLate
from lumiku.mail.texts import write_letter
from lumiku.settings import Settings

# Where the links with a token lead; all others lead to where a password is forgotten.
_PAGES: Final[dict[LetterKind, str]] = {
    "password_reset": "reset-password",
    "confirm_registration": "confirm",
    "confirm_address": "confirm",
}


async def send_account_mail(
    db: Database,
    settings: Settings,
    clock: Clock,
    *,
    key: str,
    kind: MailKind,
    subject_id: UUID,
    wanted_until: datetime | None = None,
) -> bool:
    """Send it once; False where there is no mail server, nobody to send to, or it was sent before.

    The link is made now: its token is in the mail and nowhere else.

    Args:
        db: where accounts are.
        settings: of accounts, mail and the server's address.
        clock: the time.
        key: of the task, which may run twice.
        kind: what happened.
        subject_id: the person's, or that of the claim of an address.
        wanted_until: when nobody waits for it any more.

    Raises:
        MailUnavailable: try again later.
        MailRefused: the server will never take it.
        MailTooLate: the server was away until nobody waited for it any more.
    """
    if settings.mail.host is None or await was_delivered(db, key):
        return False
    now = clock()
    if wanted_until is not None and now >= wanted_until:
        raise MailTooLate("a mail with a link could not be sent while the link would have worked")
    to = await recipient(db, kind, subject_id, settings=settings.accounts, now=now)
    if to is None:
        return False
    base = settings.server.base_url.rstrip("/")
    page = _PAGES.get(to.kind, "forgot-password")
    facts = {
        "link": f"{base}/{page}" + (f"#token={to.token}" if to.token else ""),
        "expires": f"{to.expires_at:%Y-%m-%d %H:%M}" if to.expires_at else "",
        "account": f"{base}/account",
    }
    letter = write_letter(to.kind, to.language, facts)
    try:
        return await deliver(db, settings.mail, Post(key, to.kind, to.user_id, to.email, letter), now=now)
    except LumikuError:
        if not await was_delivered(db, key):  # else it may have arrived, and its link has to work
            await withdraw(db, to)
        raise
