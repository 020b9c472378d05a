"""What a mail to a person needs, found and made when it is sent: never in the queue, never before."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from lumiku.accounts.errors import UserNotFound
from lumiku.accounts.hooks import MailKind
from lumiku.accounts.links import links_since, make_link
from lumiku.accounts.model import Language
from lumiku.accounts.repository import find_user
from lumiku.accounts.settings import AccountsSettings
from lumiku.core.db import Database

# Those that a person can do without, and may have switched off.
_OPTIONAL: Final[frozenset[MailKind]] = frozenset({"batch_completed", "batch_failed"})


@dataclass(frozen=True)
class Recipient:
    """Whom a mail goes to, and the token of its link where it has one."""

    email: str
    language: Language
    token: str | None = field(default=None, repr=False)


async def recipient(
    db: Database, kind: MailKind, user_id: UUID, *, settings: AccountsSettings, now: datetime
) -> Recipient | None:
    """None where nothing is to be sent: no such person, not active, not wanted, or enough links of late."""
    async with db.transaction() as tx:
        try:
            user = await find_user(tx, user_id, lock=True)
        except UserNotFound:
            return None
        if user.status != "active" or user.email.endswith(".invalid"):
            return None
        if kind in _OPTIONAL and user.mail_opt_out:
            return None
        token = None
        if kind == "password_reset":
            made = await links_since(tx, user_id, now - timedelta(hours=1))
            if made >= settings.reset_links_an_hour:
                return None
            token = await make_link(tx, user_id, "password_reset", settings=settings, now=now)
    return Recipient(user.email, user.language, token)
