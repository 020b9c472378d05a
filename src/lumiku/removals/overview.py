"""All accounts' work as those who run the server see it, deleted rows too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.accounts.tables import users
from lumiku.removals.errors import NoSuchBatch, NoSuchJob
from lumiku.removals.tables import background_removal_batches as batches
from lumiku.removals.tables import background_removal_jobs as jobs

Record = Mapping[str, Any]

_RATES = text("""
    SELECT status,
           count(*) FILTER (WHERE completed_at > :now - interval '1 minute') AS minute,
           count(*) FILTER (WHERE completed_at > :now - interval '5 minutes') AS five_minutes,
           count(*) AS hour,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY processing_ms) AS median_ms,
           percentile_cont(0.95) WITHIN GROUP (ORDER BY processing_ms) AS slow_ms
    FROM background_removal_jobs
    WHERE status IN ('completed', 'failed', 'cancelled') AND completed_at > :now - interval '1 hour'
    GROUP BY status ORDER BY status
""")
_OUTSTANDING = text("""
    SELECT owner.email,
           count(*) FILTER (WHERE job.status = 'pending') AS waiting,
           count(*) FILTER (WHERE job.status = 'processing') AS running,
           min(job.queued_at) AS since
    FROM background_removal_jobs AS job JOIN users AS owner ON owner.id = job.user_id
    WHERE job.status IN ('pending', 'processing') AND job.queued_at IS NOT NULL
    GROUP BY owner.email ORDER BY count(*) DESC LIMIT 5
""")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows; what is None does not matter. The newest come first."""

    status: str | None = None
    tier: str | None = None
    user_id: UUID | None = None
    batch_id: UUID | None = None
    limit: int = 20


@dataclass(frozen=True, slots=True)
class Rate:
    """How many jobs ended so lately, and the time in milliseconds that half and 95 % of an hour's took."""

    status: str
    minute: int
    five_minutes: int
    hour: int
    median_ms: float | None
    slow_ms: float | None


@dataclass(frozen=True, slots=True)
class Backlog:
    """What one account has waiting and running, and how long the oldest of it has been."""

    email: str
    waiting: int
    running: int
    since: datetime


async def any_job(tx: AsyncConnection, job_id: UUID) -> Record:
    """A job's columns and its owner's `email`. Raises NoSuchJob."""
    found = await _rows(tx, jobs, [jobs.c.id == job_id], 1)
    if not found:
        raise NoSuchJob
    return found[0]


async def any_batch(tx: AsyncConnection, batch_id: UUID) -> Record:
    """A batch's columns and its owner's `email`. Raises NoSuchBatch."""
    found = await _rows(tx, batches, [batches.c.id == batch_id], 1)
    if not found:
        raise NoSuchBatch
    return found[0]


async def latest_jobs(tx: AsyncConnection, wanted: Wanted) -> Sequence[Record]:
    """As `any_job`, of those wanted."""
    conditions = [] if wanted.batch_id is None else [jobs.c.batch_id == wanted.batch_id]
    return await _rows(tx, jobs, [*conditions, *_conditions(jobs, wanted)], wanted.limit)


async def latest_batches(tx: AsyncConnection, wanted: Wanted) -> Sequence[Record]:
    """As `any_batch`, of those wanted."""
    return await _rows(tx, batches, _conditions(batches, wanted), wanted.limit)


async def rates(tx: AsyncConnection, now: datetime) -> list[Rate]:
    """What ended within the last hour."""
    return [Rate(**row._mapping) for row in await tx.execute(_RATES, {"now": now})]


async def backlogs(tx: AsyncConnection) -> list[Backlog]:
    """The accounts with most work outstanding."""
    return [Backlog(**row._mapping) for row in await tx.execute(_OUTSTANDING)]


def _conditions(table: Table, wanted: Wanted) -> list[Any]:
    values = {"status": wanted.status, "tier": wanted.tier, "user_id": wanted.user_id}
    return [table.c[name] == value for name, value in values.items() if value is not None]


async def _rows(tx: AsyncConnection, table: Table, conditions: Sequence[Any], limit: int) -> list[Record]:
    wanted = (
        select(table, users.c.email)
        .join(users, users.c.id == table.c.user_id)
        .where(*conditions)
        .order_by(table.c.id.desc())
        .limit(limit)
    )
    return [dict(row) for row in (await tx.execute(wanted)).mappings()]
