"""Roles: there is always somebody who can administer."""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.accounts.audit import record
from lumiku.accounts.errors import LastAdmin
from lumiku.accounts.model import Role, User
from lumiku.accounts.repository import USER_COLUMNS, find_user, user_of
from lumiku.accounts.tables import users
from lumiku.core.db import Database


async def promote(db: Database, user_id: UUID, role: Role, *, actor_id: UUID | None) -> User:
    """Give a person a role; sessions and keys have it from their next request on.

    Raises:
        UserNotFound: no such account.
        LastAdmin: nobody would be left to administer.
    """
    async with db.transaction() as tx:
        await keep_an_admin(tx, but=user_id if role == "user" else None)
        before = await find_user(tx, user_id, lock=True)
        changed = update(users).where(users.c.id == user_id).values(role=role).returning(*USER_COLUMNS)
        user = user_of((await tx.execute(changed)).mappings().one())
        await record(
            tx, "role.changed", actor_id=actor_id, subject_id=user_id, before=before.role, after=role
        )
    return user


async def keep_an_admin(tx: AsyncConnection, *, but: UUID | None) -> None:
    """Refuse to lose the last administrator who can log in; twins wait for each other.

    Raises:
        LastAdmin: `but` is the only one.
    """
    query = (
        select(users.c.id)
        .where(users.c.role == "admin", users.c.status == "active", users.c.password_hash.is_not(None))
        .order_by(users.c.id)
        .with_for_update()
    )
    if list((await tx.execute(query)).scalars()) == [but]:
        raise LastAdmin("this is the last administrator; promote somebody else first")
