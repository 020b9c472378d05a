"""Links that work once: 256 random bits in a mail, their hash in a row."""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.accounts.audit import record
from lumiku.accounts.claims import drop_claims_of
from lumiku.accounts.errors import LinkUnusable
from lumiku.accounts.settings import AccountsSettings
from lumiku.accounts.tables import one_time_links
from lumiku.core.secrets import new_token, token_hash

Purpose = Literal["password_reset", "admin_setup"]


async def make_link(
    tx: AsyncConnection, user_id: UUID, purpose: Purpose, *, settings: AccountsSettings, now: datetime
) -> str:
    """The token of a new link; this is the one time that it is seen."""
    token = new_token()
    await tx.execute(
        insert(one_time_links).values(
            token_hash=token_hash(token),
            user_id=user_id,
            purpose=purpose,
            expires_at=now + timedelta(seconds=settings.reset_link_ttl_s),
            created_at=now,
        )
    )
    await record(tx, "link.made", actor_id=None, subject_id=user_id, purpose=purpose)
    return token


async def drop_link(tx: AsyncConnection, token: str) -> None:
    """As if it had never been made."""
    await tx.execute(delete(one_time_links).where(one_time_links.c.token_hash == token_hash(token)))


async def links_since(tx: AsyncConnection, user_id: UUID, since: datetime) -> int:
    """How many links to set a password an account was given lately."""
    query = select(func.count()).where(
        one_time_links.c.user_id == user_id,
        one_time_links.c.purpose == "password_reset",
        one_time_links.c.created_at > since,
    )
    return int((await tx.execute(query)).scalar_one())


async def link_owner(tx: AsyncConnection, token: str, purpose: Purpose, *, now: datetime) -> UUID:
    """Whose link it is, without using it up: cheap, so that guesses cost no argon2 run.

    Raises:
        LinkUnusable: it was used, has expired, or was never ours.
    """
    query = select(one_time_links.c.user_id).where(
        one_time_links.c.token_hash == token_hash(token),
        one_time_links.c.purpose == purpose,
        one_time_links.c.used_at.is_(None),
        one_time_links.c.expires_at > now,
    )
    owner: UUID | None = (await tx.execute(query)).scalar_one_or_none()
    if owner is None:
        raise LinkUnusable("the link was used or has expired; ask for a new one")
    return owner


async def use_link(tx: AsyncConnection, token: str, purpose: Purpose, *, now: datetime) -> UUID:
    """Use it up in the transaction that does what it is for; of twins, one gets through. Gives whose it is.

    Raises:
        LinkUnusable: it was used, has expired, or was never ours.
    """
    used = (
        update(one_time_links)
        .where(
            one_time_links.c.token_hash == token_hash(token),
            one_time_links.c.purpose == purpose,
            one_time_links.c.used_at.is_(None),
            one_time_links.c.expires_at > now,
        )
        .values(used_at=now)
        .returning(one_time_links.c.user_id)
    )
    owner: UUID | None = (await tx.execute(used)).scalar_one_or_none()
    if owner is None:
        raise LinkUnusable("the link was used or has expired; ask for a new one")
    return owner


async def drop_links(tx: AsyncConnection, user_id: UUID) -> None:
    """No link that was made before works any more, to confirm another address neither."""
    await drop_claims_of(tx, user_id)
    await tx.execute(delete(one_time_links).where(one_time_links.c.user_id == user_id))
