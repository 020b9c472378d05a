"""How many pictures were asked for."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.removals.tables import background_removal_jobs as jobs


@dataclass(frozen=True, slots=True)
class RemovalCounts:
    """Pictures since the time asked for, by what became of them and by tier."""

    by_status: dict[str, int]
    by_tier: dict[str, int]


async def count_removals(tx: AsyncConnection, since: datetime) -> RemovalCounts:
    """Count them over all accounts."""
    return RemovalCounts(await _count_by(tx, jobs.c.status, since), await _count_by(tx, jobs.c.tier, since))


async def _count_by(tx: AsyncConnection, column: Column[str], since: datetime) -> dict[str, int]:
    counted = select(column, func.count()).where(jobs.c.created_at >= since).group_by(column)
    return {row[0]: row[1] for row in await tx.execute(counted)}
