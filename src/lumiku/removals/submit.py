"""Submitting one picture: reserved, recorded and queued together, or not at all."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.ids import new_id
from lumiku.queue.fairness import queue_removals
from lumiku.removals.events import announce
from lumiku.removals.model import Job, Source
from lumiku.removals.options import check_options
from lumiku.removals.payment import Share, Wish, reserve_order
from lumiku.removals.settings import Rules
from lumiku.removals.tables import background_removal_jobs as jobs


async def submit(
    tx: AsyncConnection,
    user_id: UUID,
    source: Source,
    wish: Wish,
    options: Mapping[str, object],
    *,
    rules: Rules,
    now: datetime,
) -> Job:
    """Queue the removal of one picture's background, before all pictures that nobody waits for.

    Args:
        tx: the caller's transaction, perhaps that of an idempotency key.
        user_id: who asks and pays.
        source: of `check_and_store`; it belongs to the job once `tx` commits.
        wish: the tier, of the pipeline and the price, and what pays.
        options: see `check_options`.
        rules: prices and limits.
        now: the time.

    Raises:
        InvalidInput: the tier or an option makes no sense.
        TierNotAllowed, QuotaExceeded: only quota is to pay, and it does not.
        InsufficientCredits: the account has fewer free credits than this costs.
        QueueFull: too much of its work is waiting.
    """
    kept = check_options(wish.tier, options)
    job_id = new_id()
    (share,), _ = await reserve_order(tx, user_id, [job_id], wish, rules=rules, now=now)
    (number,) = await queue_removals(tx, user_id, [job_id], interactive=True, tier=wish.tier)
    row = {
        "id": job_id,
        "user_id": user_id,
        "tier": wish.tier,
        "options": kept,
        "payment": wish.payment,
        **columns_of(source),
        **paid_by(share),
        "queue_job_id": number,
        "queued_at": now,
    }
    job = Job.of((await tx.execute(insert(jobs).values(row).returning(jobs))).mappings().one())
    await announce(tx, user_id=job.user_id, job_id=job.id, batch_id=None)
    return job


def columns_of(source: Source) -> dict[str, Any]:
    """A job's columns that describe its picture."""
    return {
        "original_name": source.name,
        "source_key": source.key,
        "source_type": source.type,
        "source_bytes": source.size_bytes,
        "width": source.width,
        "height": source.height,
    }


def paid_by(share: Share) -> dict[str, Any]:
    """A job's columns that say how it is paid."""
    return {
        "pricing_type": share.pricing_type,
        "price": share.price,
        "hold_id": share.hold_id,
        "usage_id": share.usage_id,
    }
