"""How many people have accounts."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.accounts.tables import users


@dataclass(frozen=True, slots=True)
class AccountCounts:
    """Deleted accounts are left out; `registered` are those since the time asked for."""

    total: int
    registered: int


async def count_accounts(tx: AsyncConnection, since: datetime) -> AccountCounts:
    """Count them."""
    counted = select(func.count(), func.count().filter(users.c.created_at >= since)).where(
        users.c.status != "deleted"
    )
    return AccountCounts(*(await tx.execute(counted)).one())
