"""Rows whose time is over say so; their files go with the sweep.

A row changes first and its files are deleted after, so nobody is ever promised a file that has gone, and
whatever ends a cleanup in the middle, the next one finds the files again: no row that lives names them.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Table, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.db import Database
from lumiku.removals.findings import Finding, What
from lumiku.removals.retention import (
    Condition,
    batch_abandoned,
    batch_due,
    job_due,
    original_due,
)
from lumiku.removals.settings import RetentionSettings
from lumiku.removals.tables import background_removal_batches as batches
from lumiku.removals.tables import background_removal_jobs as jobs

_AT_ONCE: Final = 500


async def expire(
    db: Database, settings: RetentionSettings, now: datetime, *, dry_run: bool = False
) -> AsyncIterator[Finding]:
    """Expire batches, jobs and originals; a few hundred rows a transaction, none that somebody has locked.

    Args:
        db: as the application's role.
        settings: how long what is kept.
        now: aware.
        dry_run: change nothing, only say what would change.
    """
    async for found in _abandon(db, settings, now, dry_run=dry_run):
        yield found
    rules: tuple[tuple[What, Table, Condition, Mapping[str, Any]], ...] = (
        ("batch-expired", batches, batch_due(settings, now), {"status": "expired"}),
        ("job-expired", jobs, job_due(settings, now), {"status": "expired"}),
        ("original-expired", jobs, original_due(settings, now), {"source_expired_at": now}),
    )
    for what, table, due, values in rules:
        last = UUID(int=0)
        while True:
            async with db.transaction() as tx:
                ids = await _next(tx, table, due, None if dry_run else values, after=last)
            if not ids:
                break
            for each in ids:
                yield Finding(what, str(each))
            last = ids[-1]


async def _next(
    tx: AsyncConnection, table: Table, due: Condition, values: Mapping[str, Any] | None, *, after: UUID
) -> list[UUID]:
    """The ids of the next rows, in order, changed unless `values` is None."""
    wanted = select(table.c.id).where(due, table.c.id > after).order_by(table.c.id).limit(_AT_ONCE)
    if values is not None:
        locked = wanted.with_for_update(skip_locked=True, of=table)
        wanted = update(table).where(table.c.id.in_(locked)).values(values).returning(table.c.id)  # type: ignore[assignment]
    return sorted((await tx.execute(wanted)).scalars())


async def _abandon(
    db: Database, settings: RetentionSettings, now: datetime, *, dry_run: bool
) -> AsyncIterator[Finding]:
    """Batches whose files nobody brought; the batch's row is locked before its jobs, as everywhere."""
    abandoned = batch_abandoned(settings, now)
    async with db.transaction() as tx:
        ids = list((await tx.execute(select(batches.c.id).where(abandoned).order_by(batches.c.id))).scalars())
    for each in ids:
        if not dry_run:
            async with db.transaction() as tx:
                mine = select(batches.c.id).where(batches.c.id == each, abandoned)
                if (await tx.execute(mine.with_for_update(skip_locked=True, of=batches))).first() is None:
                    continue
                await tx.execute(update(batches).where(batches.c.id == each).values(status="expired"))
                waiting = update(jobs).where(jobs.c.batch_id == each, jobs.c.status == "pending")
                await tx.execute(waiting.values(status="expired"))
        yield Finding("batch-abandoned", str(each))
