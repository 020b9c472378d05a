"""Declaring a batch whose files are put one by one; nothing is reserved until it is started."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.accounts.repository import keep_account
from lumiku.core.ids import new_id
from lumiku.engine.errors import FileTooLarge
from lumiku.pricing.quote import Quote
from lumiku.removals.errors import BadItem, InvalidItems, QueueFull
from lumiku.removals.model import Batch
from lumiku.removals.options import check_options
from lumiku.removals.orders import check_order, insert_batch
from lumiku.removals.payment import quote_for
from lumiku.removals.settings import Rules
from lumiku.removals.sources import clean_name
from lumiku.removals.submit_batch import BatchOrder
from lumiku.removals.tables import background_removal_batches as batches
from lumiku.removals.tables import background_removal_jobs as jobs

_FULL_RETRY_S: Final = 60
_LOCK_ACCOUNT = text("SELECT pg_advisory_xact_lock(hashtextextended(CAST(:user_id AS text), 8))")


@dataclass(frozen=True, slots=True)
class Declared:
    """A picture that will be put: its name, and its size where that is known."""

    name: str
    size_bytes: int | None = None


async def declare_batch(
    tx: AsyncConnection,
    user_id: UUID,
    declared: Sequence[Declared],
    order: BatchOrder,
    *,
    rules: Rules,
    now: datetime,
) -> tuple[Batch, Quote]:
    """Make a batch and its jobs, without their pictures; the quote is what starting it would cost now.

    Raises:
        InvalidInput, BatchTooLarge: as for `submit_batch`.
        TierNotAllowed, QuotaExceeded: only quota is to pay, and today's does not.
        InvalidItems: a declared size is above the limit.
        QueueFull: too many batches of this account are declared and not started.
    """
    check_order(len(declared), sum(each.size_bytes or 0 for each in declared), order.name, rules)
    options = check_options(order.tier, order.options)
    quoted = await quote_for(tx, user_id, len(declared), order.wish, rules=rules, now=now)
    names = [clean_name(each.name) for each in declared]
    limit = rules.removals.max_bytes
    too_large = [
        BadItem(index, names[index], FileTooLarge.code, f"the limit is {limit:,} bytes")
        for index, each in enumerate(declared)
        if (each.size_bytes or 0) > limit
    ]
    if too_large:
        raise InvalidItems(too_large)
    await keep_account(tx, user_id)
    await _check_open_batches(tx, user_id, rules)
    batch_id = new_id()
    batch = await insert_batch(tx, batch_id, user_id, quoted, {"name": order.name, "options": options})
    rows = [
        {
            "id": new_id(),
            "user_id": user_id,
            "batch_id": batch_id,
            "position": position,
            "tier": quoted.tier,
            "options": options,
            "payment": order.payment,
            "original_name": name,
        }
        for position, name in enumerate(names)
    ]
    await tx.execute(insert(jobs), rows)
    return batch, quoted


async def _check_open_batches(tx: AsyncConnection, user_id: UUID, rules: Rules) -> None:
    await tx.execute(_LOCK_ACCOUNT, {"user_id": user_id})
    waiting = select(func.count()).where(
        batches.c.user_id == user_id, batches.c.status == "pending", batches.c.queued_at.is_(None)
    )
    if (await tx.execute(waiting)).scalar_one() >= rules.removals.max_open_batches:
        raise QueueFull(
            "too many batches are declared and not started; start or cancel one",
            _FULL_RETRY_S,
            limit=rules.removals.max_open_batches,
        )
