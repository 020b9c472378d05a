"""Starting a declared batch: its price is reserved and its pictures are queued, together or not at all."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.pricing.quote import Quote
from lumiku.queue.fairness import queue_removals
from lumiku.removals.errors import BadItem, InvalidItems, WrongState
from lumiku.removals.events import announce
from lumiku.removals.model import Batch
from lumiku.removals.orders import check_order, pricing_of, quote_of
from lumiku.removals.payment import Wish, reserve_order
from lumiku.removals.read import find_batch
from lumiku.removals.record_queued import record_queued
from lumiku.removals.settings import Rules
from lumiku.removals.tables import background_removal_batches as batches
from lumiku.removals.tables import background_removal_jobs as jobs


async def start_batch(
    tx: AsyncConnection,
    user_id: UUID,
    batch_id: UUID,
    *,
    rules: Rules,
    now: datetime,
    skip_missing: bool = False,
    most: int | None = None,
) -> tuple[Batch, Quote]:
    """Queue a declared batch; starting it again gives the same and costs nothing.

    The price is that of the pictures that are there: one whose item was cancelled is not counted.

    Args:
        tx: the caller's transaction.
        user_id: who asks and pays.
        batch_id: of `declare_batch`.
        rules: prices and limits.
        now: the time.
        skip_missing: cancel the items that have no file, rather than refuse to start.
        most: credits that it may cost; None: what it costs.

    Raises:
        NoSuchBatch: it is not this account's.
        WrongState: it was cancelled, or has expired.
        InvalidItems: some have no file; nothing was reserved.
        InvalidInput: none has one.
        PriceChanged: it costs more than `most`.
        TierNotAllowed, QuotaExceeded, InsufficientCredits, QueueFull: as for `submit`.
    """
    batch = await find_batch(tx, user_id, batch_id, lock=True)
    if batch.queued_at is not None:
        return batch, quote_of(batch)
    if batch.status != "pending":
        raise WrongState("this batch cannot be started any more", status=batch.status)
    wanted = select(jobs).where(jobs.c.batch_id == batch_id, jobs.c.status == "pending")
    rows = (await tx.execute(wanted.order_by(jobs.c.position).with_for_update())).mappings().all()
    missing = [row for row in rows if row["source_key"] is None]
    if missing and not skip_missing:
        raise InvalidItems([_missing(row) for row in missing])
    ready = [row for row in rows if row["source_key"] is not None]
    check_order(len(ready), sum(row["source_bytes"] for row in ready), batch.name, rules)
    job_ids = [row["id"] for row in ready]
    wish = Wish(batch.tier, ready[0]["payment"], most)
    shares, quoted = await reserve_order(tx, user_id, job_ids, wish, rules=rules, now=now)
    numbers = await queue_removals(tx, user_id, job_ids, interactive=False, tier=batch.tier)
    await tx.execute(record_queued(job_ids, shares, numbers, {"queued_at": now}))
    await _cancel(tx, [row["id"] for row in missing], now)
    started = (
        update(batches)
        .where(batches.c.id == batch_id)
        .values(
            queued_at=now,
            pricing=pricing_of(quoted),
            cancelled_images=batches.c.cancelled_images + len(missing),
        )
        .returning(batches)
    )
    batch = Batch.of((await tx.execute(started)).mappings().one())
    await announce(tx, user_id=user_id, job_id=None, batch_id=batch_id)
    return batch, quoted


def _missing(row: RowMapping) -> BadItem:
    return BadItem(row["position"], row["original_name"], "MISSING_REQUIRED_FIELD", "no file was put here")


async def _cancel(tx: AsyncConnection, job_ids: Sequence[UUID], now: datetime) -> None:
    if job_ids:
        ended = {"status": "cancelled", "cancel_requested_at": now, "completed_at": now}
        await tx.execute(update(jobs).where(jobs.c.id.in_(job_ids)).values(ended))
