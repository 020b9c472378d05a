"""The people with accounts, for administrators."""

from sqlalchemy import func, select

from lumiku.accounts.model import User
from lumiku.accounts.repository import USER_COLUMNS, user_of
from lumiku.accounts.tables import users
from lumiku.core.db import Database
from lumiku.core.page import Listed, Page


async def list_users(db: Database, page: Page, *, search: str = "") -> Listed[User]:
    """The newest first; `search` is a part of the address or name. Deleted accounts are not shown."""
    wanted = users.c.status != "deleted"
    if search := search.replace("\0", "").strip():
        wanted &= users.c.email.icontains(search, autoescape=True) | users.c.name.icontains(
            search, autoescape=True
        )
    query = select(*USER_COLUMNS).where(wanted).order_by(users.c.id.desc())
    async with db.transaction() as tx:
        rows = await tx.execute(query.limit(page.limit).offset(page.offset))
        found = [user_of(row) for row in rows.mappings()]
        total = (await tx.execute(select(func.count()).select_from(users).where(wanted))).scalar_one()
    return Listed(found, total)
