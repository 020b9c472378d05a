"""A mail that is sent once, however often its task runs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from lumiku.core.db import Database
from lumiku.mail.message import message
from lumiku.mail.send import send
from lumiku.mail.settings import MailSettings
from lumiku.mail.tables import mail_deliveries
from lumiku.mail.texts import Letter

_REMEMBERED: Final = timedelta(days=30)


@dataclass(frozen=True)
class Post:
    """A letter, whom it goes to, and the key of the task that sends it."""

    key: str
    kind: str
    user_id: UUID | None
    to: str
    letter: Letter


async def was_delivered(db: Database, key: str) -> bool:
    """Whether the task with this key has handed its mail over."""
    async with db.transaction() as tx:
        found = await tx.execute(select(mail_deliveries.c.key).where(mail_deliveries.c.key == key))
        return found.one_or_none() is not None


async def deliver(db: Database, settings: MailSettings, post: Post, *, now: datetime) -> bool:
    """Send it, unless that was done; gives whether it was sent now.

    Raises:
        MailUnavailable: try again later.
        MailRefused: the server will never take it.
    """

    async def claim() -> bool:
        row = {
            "key": post.key,
            "kind": post.kind,
            "user_id": post.user_id,
            "expires_at": now + _REMEMBERED,
        }
        statement = insert(mail_deliveries).values(row).on_conflict_do_nothing()
        async with db.transaction() as tx:
            made = await tx.execute(statement.returning(mail_deliveries.c.key))
            return made.one_or_none() is not None

    async def unclaim() -> None:
        async with db.transaction() as tx:
            await tx.execute(delete(mail_deliveries).where(mail_deliveries.c.key == post.key))

    data = message(settings, post.to, post.letter, key=post.key, now=now)
    return await send(settings, post.to, data, claim=claim, unclaim=unclaim)


async def forget_deliveries(db: Database, *, now: datetime) -> int:
    """Rows of tasks so old that they cannot run again; gives how many."""
    async with db.transaction() as tx:
        gone = await tx.execute(delete(mail_deliveries).where(mail_deliveries.c.expires_at < now))
    return gone.rowcount
