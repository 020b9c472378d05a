"""How many pictures were asked for."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Column, Date, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.credits.statistics import spent_by
from lumiku.removals.process import FAILED
from lumiku.removals.tables import background_removal_batches as batches
from lumiku.removals.tables import background_removal_jobs as jobs


@dataclass(frozen=True, slots=True)
class RemovalCounts:
    """Pictures since the time asked for, by what became of them and by tier."""

    by_status: dict[str, int]
    by_tier: dict[str, int]


@dataclass(frozen=True, slots=True)
class AccountStatistics:
    """What one account has had done.

    Attributes:
        total_processed: pictures that came out; those deleted or expired since count on.
        total_single_removals: of them those that were no part of a batch.
        total_batches: batches started.
        credits_spent: for pictures that came out.
    """

    total_processed: int
    total_single_removals: int
    total_batches: int
    credits_spent: int


async def account_statistics(tx: AsyncConnection, user_id: UUID) -> AccountStatistics:
    """Count what one account has had done."""
    done = jobs.c.output_bytes.is_not(None)
    counted = select(func.count().filter(done), func.count().filter(done, jobs.c.batch_id.is_(None)))
    processed, single = (await tx.execute(counted.where(jobs.c.user_id == user_id))).one()
    started = select(func.count()).where(batches.c.user_id == user_id, batches.c.queued_at.is_not(None))
    total_batches = (await tx.execute(started)).scalar_one()
    return AccountStatistics(processed, single, total_batches, await spent_by(tx, user_id))


async def count_removals(tx: AsyncConnection, since: datetime) -> RemovalCounts:
    """Count them over all accounts."""
    return RemovalCounts(await _count_by(tx, jobs.c.status, since), await _count_by(tx, jobs.c.tier, since))


async def _count_by(tx: AsyncConnection, column: Column[str], since: datetime) -> dict[str, int]:
    counted = select(column, func.count()).where(jobs.c.created_at >= since).group_by(column)
    return {row[0]: row[1] for row in await tx.execute(counted)}


async def work_done(tx: AsyncConnection, since: datetime) -> dict[str, tuple[int, int]]:
    """By tier: pictures asked for since then that came out, and the credits that they cost."""
    done = func.count().filter(jobs.c.output_bytes.is_not(None))
    counted = select(jobs.c.tier, done, func.sum(jobs.c.credits_used))
    rows = await tx.execute(counted.where(jobs.c.created_at >= since).group_by(jobs.c.tier))
    return {row[0]: (int(row[1]), int(row[2])) for row in rows}


async def ended_by_day(tx: AsyncConnection, since: datetime) -> dict[date, tuple[int, int]]:
    """By the day in UTC that they were asked for: pictures that came out, and pictures that failed."""
    day = cast(func.timezone("UTC", jobs.c.created_at), Date)
    done = func.count().filter(jobs.c.output_bytes.is_not(None))
    failed = func.count().filter(jobs.c.status == "failed")
    rows = await tx.execute(select(day, done, failed).where(jobs.c.created_at >= since).group_by(day))
    return {row[0]: (row[1], row[2]) for row in rows}


async def count_our_failures(tx: AsyncConnection, since: datetime) -> int:
    """Pictures that failed since then for no reason of theirs."""
    failed = (jobs.c.status == "failed", jobs.c.completed_at >= since, jobs.c.error_code == FAILED)
    return await tx.scalar(select(func.count()).select_from(jobs).where(*failed)) or 0
