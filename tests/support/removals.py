"""Removals for tests of the worker's side: rows, holds and queued jobs as a submission leaves them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import RowMapping, Table, insert, select, text, update

from lumiku.core.clock import utc_now
from lumiku.core.db import Database
from lumiku.core.ids import new_id
from lumiku.credits.audit import audit
from lumiku.credits.holds import hold_many
from lumiku.pricing.quote import quote
from lumiku.pricing.settings import PricingSettings
from lumiku.queue.fairness import queue_removals
from lumiku.removals.engine import Made, Order
from lumiku.removals.orders import pricing_of
from lumiku.removals.tables import background_removal_batches as batches
from lumiku.removals.tables import background_removal_jobs as jobs
from lumiku.storage.base import Storage
from lumiku.storage.keys import new_key
from support.credits import LATER
from support.fake_engine import red_square
from support.pictures import encode_rgb

MADE = Made(b"result", b"matte", b"thumbnail", "image/png", "png", {"pipeline": "test"}, found=True)


def red_picture(height: int = 60, width: int = 80) -> bytes:
    return encode_rgb(red_square(height, width), "PNG")


async def submit(
    db: Database,
    storage: Storage,
    user_id: UUID,
    sources: Sequence[bytes],
    *,
    batch: bool = False,
    price: int = 8,
    tier: str = "standard",
    options: Mapping[str, object] | None = None,
) -> list[UUID]:
    """Queue pictures, each its own or all in one batch; at price 0 without a hold, as in open mode."""
    now = utc_now()
    keys = [new_key("uploads", "png", now) for _ in sources]
    await asyncio.gather(*(storage.put(key, source) for key, source in zip(keys, sources, strict=True)))
    ids = [new_id() for _ in sources]
    batch_id = new_id() if batch else None
    async with db.transaction() as tx:
        holds = [None] * len(ids)
        if price:
            wanted = [(price, f"job:{job_id}") for job_id in ids]
            holds = [each.id for each in await hold_many(tx, user_id, wanted, LATER)]
        if batch:
            row = {"id": batch_id, "user_id": user_id, "tier": tier, "total_images": len(ids)}
            pricing = pricing_of(quote(len(ids), tier, PricingSettings()))
            await tx.execute(insert(batches).values(**row, pricing=pricing, queued_at=now))
        rows = [
            {
                "id": job_id,
                "user_id": user_id,
                "batch_id": batch_id,
                "position": position if batch else None,
                "tier": tier,
                "source_key": key,
                "options": dict(options or {}),
                "price": price,
                "pricing_type": "credits" if price else "free",
                "hold_id": hold,
                "queued_at": now,
            }
            for position, (job_id, key, hold) in enumerate(zip(ids, keys, holds, strict=True))
        ]
        await tx.execute(insert(jobs), rows)
        numbers = await queue_removals(tx, user_id, ids, interactive=not batch, tier=tier)
        for job_id, number in zip(ids, numbers, strict=True):
            await tx.execute(update(jobs).where(jobs.c.id == job_id).values(queue_job_id=number))
    return ids


async def row_of(db: Database, table: Table, row_id: UUID) -> RowMapping:
    async with db.transaction() as tx:
        return (await tx.execute(select(table).where(table.c.id == row_id))).mappings().one()


async def job_row(db: Database, job_id: UUID) -> RowMapping:
    return await row_of(db, jobs, job_id)


async def batch_row(db: Database, job_id: UUID) -> RowMapping:
    """Of the batch that the job is in."""
    return await row_of(db, batches, (await job_row(db, job_id))["batch_id"])


async def files_of(storage: Storage, kind: str) -> set[str]:
    return {stored.key async for stored in storage.list(kind)}


async def what_is_wrong(db: Database, storage: Storage) -> list[str]:
    """What must hold when all work has ended; empty where it does."""
    wrong = [str(violation) for violation in await audit(db)]
    async with db.transaction() as tx:
        rows = (await tx.execute(select(jobs))).mappings().all()
        paid = -(await tx.execute(text(_CAPTURED))).scalar_one()
        held = (
            await tx.execute(text("SELECT count(*) FROM credit_holds WHERE status = 'open'"))
        ).scalar_one()
        counted = (await tx.execute(text(_MISCOUNTED))).scalars().all()
    wrong += [
        f"job {row['id']} is {row['status']}"
        for row in rows
        if row["status"] in {"pending", "processing"} and row["queued_at"] is not None
    ]
    completed = [row for row in rows if row["status"] == "completed"]
    if paid != sum(row["price"] for row in completed):
        wrong.append(f"{paid} credits were taken for {len(completed)} completed pictures")
    if held:
        wrong.append(f"{held} holds are open")
    wrong += [f"batch {batch} counts wrongly" for batch in counted]
    for kind, column in (("outputs", "result_key"), ("mattes", "matte_key"), ("thumbnails", "thumbnail_key")):
        named = {row[column] for row in completed}
        kept = {row[column] for row in completed if row["deleted_at"] is None}
        wrong += [f"{column} {key} is not stored" for key in kept - await files_of(storage, kind)]
        wrong += [f"{row['id']} has {column}" for row in rows if row["status"] != "completed" and row[column]]
        if len(named) < len(completed):
            wrong.append(f"two jobs share a {column}")
    return wrong


_CAPTURED = "SELECT coalesce(sum(amount), 0) FROM credit_entries WHERE kind = 'capture'"
_MISCOUNTED = """
    SELECT batch.id FROM background_removal_batches AS batch JOIN background_removal_jobs AS job
        ON job.batch_id = batch.id
    GROUP BY batch.id
    HAVING count(*) FILTER (WHERE job.status = 'completed') <> batch.processed_images
        OR count(*) FILTER (WHERE job.status = 'failed') <> batch.failed_images
        OR count(*) FILTER (WHERE job.status = 'cancelled') <> batch.cancelled_images
        OR batch.status IN ('pending', 'processing') AND batch.queued_at IS NOT NULL
"""


@dataclass
class ScriptedEngine:
    """Answers with `made`, after whatever `meanwhile` does; keeps the orders."""

    made: Made | Exception = MADE
    meanwhile: Callable[[], Awaitable[None]] | None = None
    orders: list[Order] = field(default_factory=list)

    async def run(self, order: Order) -> Made:
        self.orders.append(order)
        if self.meanwhile is not None:
            await self.meanwhile()
        if isinstance(self.made, Exception):
            raise self.made
        return self.made
