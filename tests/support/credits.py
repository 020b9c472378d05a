"""Accounts with credits for tests of the ledger."""

from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import insert

from lumiku.accounts.tables import users
from lumiku.core.clock import utc_now
from lumiku.core.db import Database
from lumiku.core.ids import new_id
from lumiku.credits.ledger import balance, grant, open_account
from lumiku.credits.model import Balance

LATER = utc_now() + timedelta(days=1)


def unique(prefix: str = "job") -> str:
    return f"{prefix}:{uuid4().hex}"


async def new_user(db: Database) -> UUID:
    user_id = new_id()
    async with db.transaction() as tx:
        await tx.execute(insert(users).values(id=user_id, email=f"{user_id}@example.org"))
    return user_id


async def new_account(db: Database, credits_: int = 0) -> UUID:
    user_id = await new_user(db)
    async with db.transaction() as tx:
        await open_account(tx, user_id)
        if credits_:
            await grant(tx, user_id, credits_, unique("grant"), kind="grant")
    return user_id


async def balance_of(db: Database, user_id: UUID) -> Balance:
    async with db.transaction() as tx:
        return await balance(tx, user_id)
