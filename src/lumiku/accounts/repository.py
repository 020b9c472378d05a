"""Rows of people, read and found."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import RowMapping, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.accounts.errors import InvalidToken, UserNotFound
from lumiku.accounts.model import User
from lumiku.accounts.tables import users

USER_COLUMNS = (
    users.c.id,
    users.c.email,
    users.c.name,
    users.c.role,
    users.c.status,
    users.c.language,
    users.c.mail_opt_out,
    users.c.created_at,
)


def user_of(row: RowMapping) -> User:
    """The person in a row that has at least USER_COLUMNS."""
    return User(*(row[column] for column in USER_COLUMNS))


async def keep_account(tx: AsyncConnection, user_id: UUID) -> None:
    """Let nobody delete this account before the transaction ends; others may keep it too.

    Raises:
        InvalidToken: it was deleted since the caller proved who they are.
    """
    kept = select(users.c.id).where(users.c.id == user_id, users.c.status != "deleted")
    if (await tx.execute(kept.with_for_update(read=True))).first() is None:
        raise InvalidToken("this account was deleted")


async def find_user(tx: AsyncConnection, user_id: UUID, *, lock: bool = False) -> User:
    """The person with this id, unless deleted; `lock` keeps others from changing the row meanwhile.

    Raises:
        UserNotFound: there is none.
    """
    query = select(*USER_COLUMNS).where(users.c.id == user_id, users.c.status != "deleted")
    if lock:
        query = query.with_for_update(key_share=True)
    row = (await tx.execute(query)).mappings().one_or_none()
    if row is None:
        raise UserNotFound("there is no such account")
    return user_of(row)


async def addresses_of(tx: AsyncConnection, user_ids: Collection[UUID]) -> Mapping[UUID, str]:
    """The addresses of these people; empty of those who have left."""
    if not user_ids:
        return {}
    query = select(users.c.id, users.c.email, users.c.status).where(users.c.id.in_(set(user_ids)))
    return {row.id: "" if row.status == "deleted" else row.email for row in await tx.execute(query)}


async def find_user_by_address(tx: AsyncConnection, address: str) -> User:
    """The person with this address, in upper or lower case.

    Raises:
        UserNotFound: there is none.
    """
    query = select(*USER_COLUMNS).where(func.lower(users.c.email) == address.lower())
    row = (await tx.execute(query)).mappings().one_or_none()
    if row is None:
        raise UserNotFound("there is no account with this address")
    return user_of(row)
