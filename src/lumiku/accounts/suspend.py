"""A person is shut out, and let in again: their sessions and keys count for nothing meanwhile."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.accounts.admins import keep_an_admin
from lumiku.accounts.audit import record
from lumiku.accounts.links import drop_links
from lumiku.accounts.model import User
from lumiku.accounts.repository import USER_COLUMNS, find_user, user_of
from lumiku.accounts.sessions import revoke_sessions
from lumiku.accounts.tables import users
from lumiku.core.db import Database


async def suspend(db: Database, user_id: UUID, *, actor_id: UUID | None, now: datetime) -> User:
    """End all sessions and open links, and let neither password nor key in from now on.

    Keys stay, and work again after `restore`. What was paid for is done. Twice is as once.

    Raises:
        UserNotFound: no such account.
        LastAdmin: nobody would be left to administer.
    """
    async with db.transaction() as tx:
        await keep_an_admin(tx, but=user_id)
        user = await find_user(tx, user_id, lock=True)
        if user.status == "suspended":
            return user
        user = await _set_status(tx, user_id, "suspended")
        ended = await revoke_sessions(tx, user_id, now=now)
        await drop_links(tx, user_id)
        await record(tx, "account.suspended", actor_id=actor_id, subject_id=user_id, sessions=ended)
    return user


async def restore(db: Database, user_id: UUID, *, actor_id: UUID | None) -> User:
    """Let them log in again; keys work again, sessions that were ended do not. Twice is as once.

    Raises:
        UserNotFound: no such account.
    """
    async with db.transaction() as tx:
        user = await find_user(tx, user_id, lock=True)
        if user.status == "active":
            return user
        user = await _set_status(tx, user_id, "active")
        await record(tx, "account.restored", actor_id=actor_id, subject_id=user_id)
    return user


async def _set_status(tx: AsyncConnection, user_id: UUID, status: Literal["active", "suspended"]) -> User:
    changed = update(users).where(users.c.id == user_id).values(status=status).returning(*USER_COLUMNS)
    return user_of((await tx.execute(changed)).mappings().one())
