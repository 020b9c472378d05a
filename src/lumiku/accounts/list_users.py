"""The people with accounts, for administrators."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from lumiku.accounts.model import User
from lumiku.accounts.repository import USER_COLUMNS, user_of
from lumiku.accounts.tables import users
from lumiku.core.db import Database


@dataclass(frozen=True)
class UserPage:
    """Some of the people, and how many there are."""

    users: Sequence[User]
    total: int


async def list_users(db: Database, *, search: str = "", limit: int = 20, offset: int = 0) -> UserPage:
    """The newest first; `search` is a part of the address or name. Deleted accounts are not shown."""
    wanted = users.c.status != "deleted"
    if search := search.replace("\0", "").strip():
        wanted &= users.c.email.icontains(search, autoescape=True) | users.c.name.icontains(
            search, autoescape=True
        )
    query = select(*USER_COLUMNS).where(wanted).order_by(users.c.id.desc()).limit(limit).offset(offset)
    async with db.transaction() as tx:
        found = [user_of(row) for row in (await tx.execute(query)).mappings()]
        total = (await tx.execute(select(func.count()).select_from(users).where(wanted))).scalar_one()
    return UserPage(found, total)
