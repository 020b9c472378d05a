"""How many credits moved."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.credits.tables import credit_accounts, credit_entries


@dataclass(frozen=True, slots=True)
class CreditCounts:
    """`spent` was captured for finished work, `given` is the sum of all else; `held` is reserved now."""

    given: int
    spent: int
    held: int


async def count_credits(tx: AsyncConnection, since: datetime) -> CreditCounts:
    """Sum the entries since then over all accounts."""
    amount = credit_entries.c.amount
    captured = credit_entries.c.kind == "capture"
    moved = select(
        func.coalesce(func.sum(amount).filter(~captured), 0),
        func.coalesce(-func.sum(amount).filter(captured), 0),
    ).where(credit_entries.c.created_at >= since)
    given, spent = (await tx.execute(moved)).one()
    held = (await tx.execute(select(func.coalesce(func.sum(credit_accounts.c.held), 0)))).scalar_one()
    return CreditCounts(int(given), int(spent), int(held))


async def spent_by(tx: AsyncConnection, user_id: UUID) -> int:
    """What an account has paid for finished work, less what of it was refunded."""
    paid = select(func.coalesce(-func.sum(credit_entries.c.amount), 0)).where(
        credit_entries.c.user_id == user_id, credit_entries.c.kind.in_(("capture", "refund"))
    )
    return int((await tx.execute(paid)).scalar_one())


async def count_used(tx: AsyncConnection, since: datetime) -> tuple[int, int]:
    """Credits captured since then, and credits of captures that were given back since then."""
    amount, kind = credit_entries.c.amount, credit_entries.c.kind
    moved = select(
        func.coalesce(-func.sum(amount).filter(kind == "capture"), 0),
        func.coalesce(func.sum(amount).filter(kind == "refund"), 0),
    ).where(credit_entries.c.created_at >= since)
    used, given_back = (await tx.execute(moved)).one()
    return int(used), int(given_back)


async def outstanding(tx: AsyncConnection) -> int:
    """Credits that all accounts together own now: what is still owed to them in work."""
    return int((await tx.execute(select(func.coalesce(func.sum(credit_accounts.c.balance), 0)))).scalar_one())
