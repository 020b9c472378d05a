"""The one person of a private machine without accounts (`lumiku serve --open`)."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select

from lumiku.accounts.errors import UserNotFound
from lumiku.accounts.hooks import Hooks
from lumiku.accounts.register import insert_user
from lumiku.accounts.tables import users
from lumiku.core.db import Database

# Nobody can register or log in with it: RFC 2606 keeps the name from being one, and it has no password.
_ADDRESS: Final = "owner@open.invalid"


async def ensure_local_user(db: Database, *, hooks: Hooks, now: datetime) -> UUID:
    """Their id; the account is made on the first call, and by one of many at once.

    Raises:
        UserNotFound: it is being made and unmade at this moment.
    """
    query = select(users.c.id).where(func.lower(users.c.email) == _ADDRESS)
    async with db.transaction() as tx:
        user_id: UUID | None = (await tx.execute(query)).scalar_one_or_none()
        if user_id is None:
            user_id = await insert_user(
                tx, email=_ADDRESS, name="", language="en", hashed=None, now=now, hooks=hooks, role="admin"
            )
        if user_id is None:  # another process made it meanwhile
            user_id = (await tx.execute(query)).scalar_one_or_none()
    if user_id is None:
        raise UserNotFound("the local account is not there")
    return user_id
