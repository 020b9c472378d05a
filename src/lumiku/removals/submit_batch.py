"""Submitting many pictures at once: one price, one share of it for each, all or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.ids import new_id
from lumiku.pricing.quote import Quote
from lumiku.queue.fairness import queue_removals
from lumiku.removals.events import announce
from lumiku.removals.model import Batch, Source
from lumiku.removals.options import check_options
from lumiku.removals.orders import check_order, insert_batch
from lumiku.removals.payment import Payment, Wish, reserve_order
from lumiku.removals.settings import Rules
from lumiku.removals.submit import columns_of, paid_by
from lumiku.removals.tables import background_removal_jobs as jobs


@dataclass(frozen=True, slots=True)
class BatchOrder:
    """What all pictures of a batch have in common.

    Attributes:
        tier: of the pipeline and the price.
        options: see `check_options`.
        name: for people; may be empty.
        payment: what pays: quota, credits or both.
    """

    tier: str
    options: Mapping[str, object] = field(default_factory=dict)
    name: str = ""
    payment: Payment = "auto"

    @property
    def wish(self) -> Wish:
        """What is to be paid, and by what."""
        return Wish(self.tier, self.payment)


async def submit_batch(
    tx: AsyncConnection,
    user_id: UUID,
    sources: Sequence[Source],
    order: BatchOrder,
    *,
    rules: Rules,
    now: datetime,
) -> tuple[Batch, Quote]:
    """Queue the removal of the backgrounds of these pictures, behind those that somebody waits for.

    Args:
        tx: the caller's transaction, perhaps that of an idempotency key.
        user_id: who asks and pays.
        sources: of `check_and_store`, in their places; they belong to the jobs once `tx` commits.
        order: what they have in common.
        rules: prices and limits.
        now: the time.

    Raises:
        InvalidInput: no picture; the tier, the name or an option makes no sense.
        BatchTooLarge: too many pictures or bytes.
        TierNotAllowed, QuotaExceeded: only quota is to pay, and it does not.
        InsufficientCredits: the account has fewer free credits than this costs.
        QueueFull: too much of its work is waiting.
    """
    check_order(len(sources), sum(source.size_bytes for source in sources), order.name, rules)
    options = check_options(order.tier, order.options)
    batch_id, job_ids = new_id(), [new_id() for _ in sources]
    shares, quoted = await reserve_order(tx, user_id, job_ids, order.wish, rules=rules, now=now)
    numbers = await queue_removals(tx, user_id, job_ids, interactive=False, tier=quoted.tier)
    kept = {"name": order.name, "options": options, "queued_at": now}
    batch = await insert_batch(tx, batch_id, user_id, quoted, kept)
    rows: list[dict[str, Any]] = [
        {
            "id": job_id,
            "user_id": user_id,
            "batch_id": batch_id,
            "position": position,
            "tier": quoted.tier,
            "options": options,
            "payment": order.payment,
            **columns_of(source),
            **paid_by(share),
            "queue_job_id": number,
            "queued_at": now,
        }
        for position, (job_id, source, share, number) in enumerate(
            zip(job_ids, sources, shares, numbers, strict=True)
        )
    ]
    await tx.execute(insert(jobs), rows)
    await announce(tx, user_id=batch.user_id, job_id=None, batch_id=batch.id)
    return batch, quoted
