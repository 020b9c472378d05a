"""What a mail to a person needs, found and made when it is sent: never in the queue, never before."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.accounts.claims import Claim, find_claim, link_for, may_mail
from lumiku.accounts.errors import UserNotFound
from lumiku.accounts.hooks import MailKind
from lumiku.accounts.links import drop_link, links_since, make_link
from lumiku.accounts.model import Language
from lumiku.accounts.repository import USER_COLUMNS, find_user, user_of
from lumiku.accounts.settings import AccountsSettings
from lumiku.accounts.tables import users
from lumiku.core.db import Database

# What is written: of an address that somebody claims, that depends on who has it.
LetterKind = Literal[MailKind, "confirm_registration", "confirm_address"]

# Those that a person can do without, and may have switched off.
_OPTIONAL: Final[frozenset[MailKind]] = frozenset({"batch_completed", "batch_failed"})


@dataclass(frozen=True)
class Recipient:
    """Whom a mail goes to, what it says, and the token of its link where it has one."""

    kind: LetterKind
    email: str
    language: Language
    user_id: UUID | None  # None: to an address that has no account yet
    token: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None


def wanted_until(kind: MailKind, asked_at: datetime, settings: AccountsSettings) -> datetime | None:
    """When a mail that somebody asked for is of no use any more: its link would have ended. None: never."""
    lifetimes_s = {
        "password_reset": settings.reset_link_ttl_s,
        "address_claimed": settings.confirm_link_ttl_s,
    }
    lifetime_s = lifetimes_s.get(kind)
    return None if lifetime_s is None else asked_at + timedelta(seconds=lifetime_s)


async def withdraw(db: Database, to: Recipient) -> None:
    """The mail was not sent: a link to set a password is gone again, and does not count against the next."""
    if to.kind == "password_reset" and to.token is not None:
        async with db.transaction() as tx:
            await drop_link(tx, to.token)


async def recipient(
    db: Database, kind: MailKind, subject_id: UUID, *, settings: AccountsSettings, now: datetime
) -> Recipient | None:
    """None where nothing is to be sent: no such person, not active, not wanted, or enough mails of late."""
    async with db.transaction() as tx:
        if kind == "address_claimed":
            claim = await find_claim(tx, subject_id, now=now)
            return None if claim is None else await _claimant(tx, claim, settings=settings, now=now)
        try:
            user = await find_user(tx, subject_id, lock=True)
        except UserNotFound:
            return None
        if user.status != "active" or user.email.endswith(".invalid"):
            return None
        if kind in _OPTIONAL and user.mail_opt_out:
            return None
        if kind != "password_reset":
            return Recipient(kind, user.email, user.language, user.id)
        if await links_since(tx, user.id, now - timedelta(hours=1)) >= settings.reset_links_an_hour:
            return None
        token = await make_link(tx, user.id, "password_reset", settings=settings, now=now)
        expires_at = now + timedelta(seconds=settings.reset_link_ttl_s)
        return Recipient(kind, user.email, user.language, user.id, token, expires_at)


async def _claimant(
    tx: AsyncConnection, claim: Claim, *, settings: AccountsSettings, now: datetime
) -> Recipient | None:
    """A link to whoever reads that address; where it has an account, its owner is told so instead."""
    if not await may_mail(tx, claim, settings=settings, now=now):
        return None
    query = select(*USER_COLUMNS).where(func.lower(users.c.email) == claim.email.lower())
    row = (await tx.execute(query)).mappings().one_or_none()
    if row is not None and row[users.c.id] != claim.user_id:
        owner = user_of(row)
        if owner.status != "active":
            return None
        return Recipient("already_registered", owner.email, owner.language, owner.id)
    token = await link_for(tx, claim, settings=settings, now=now)
    kind: LetterKind = "confirm_registration" if claim.user_id is None else "confirm_address"
    expires_at = now + timedelta(seconds=settings.confirm_link_ttl_s)
    return Recipient(kind, claim.email, claim.language, claim.user_id, token, expires_at)
