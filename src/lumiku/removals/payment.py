"""How one submission is paid: reserved here when it is queued, taken or given back when each picture ends.

Today that is credits, or nothing on an open server. A plan's quota comes in here: `reserve` first takes what
the quota allows, and prices the rest in credits, with the discount of the whole submission.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.ids import new_id
from lumiku.credits.holds import hold_many
from lumiku.pricing.quote import Quote
from lumiku.pricing.shares import shares
from lumiku.removals.errors import QueueFull
from lumiku.removals.model import PricingType
from lumiku.removals.settings import Rules
from lumiku.removals.tables import OUTSTANDING

_FULL_RETRY_S = 60
_LOCK_ACCOUNT = text("SELECT pg_advisory_xact_lock(hashtextextended(CAST(:user_id AS text), 7))")
_OUTSTANDING = text(
    f"SELECT count(*) FROM background_removal_jobs WHERE user_id = :user_id AND {OUTSTANDING}"  # noqa: S608
)


@dataclass(frozen=True, slots=True)
class Share:
    """What pays for one picture.

    Attributes:
        pricing_type: as in its row.
        price: credits held for it.
        hold_id: of those credits; None where it costs none.
    """

    pricing_type: PricingType
    price: int = 0
    hold_id: UUID | None = None


async def reserve(
    tx: AsyncConnection,
    user_id: UUID,
    job_ids: Sequence[UUID],
    prices: Sequence[int],
    *,
    rules: Rules,
    now: datetime,
) -> list[Share]:
    """Reserve what these pictures cost, all or none, if the account may have so many more outstanding.

    Args:
        tx: the transaction that also queues them; the account stays locked until its end, so twins cannot
            both find the last free place.
        user_id: who pays.
        job_ids: the pictures.
        prices: credits for each, as `shares_of` gives them.
        rules: the cap, and whether anything costs anything.
        now: when the hold begins.

    Returns:
        For each picture, in order, what pays for it.

    Raises:
        InsufficientCredits: fewer credits are free.
        QueueFull: too much work of this account is waiting.
    """
    if rules.server.open:
        await tx.execute(_LOCK_ACCOUNT, {"user_id": user_id})
        paid = [Share("free") for _ in job_ids]
    else:
        # A job that is tried again needs another hold, so the reference has a part of its own.
        wanted = [(price, f"job:{job_id}:{new_id()}") for job_id, price in zip(job_ids, prices, strict=True)]
        expires_at = now + timedelta(hours=rules.removals.hold_hours)
        holds = await hold_many(tx, user_id, wanted, expires_at)
        paid = [Share("credits", hold.amount, hold.id) for hold in holds]
    outstanding = int((await tx.execute(_OUTSTANDING, {"user_id": user_id})).scalar_one())
    if outstanding + len(job_ids) > rules.removals.max_outstanding:
        raise QueueFull(
            "too many pictures of this account are waiting; try again when some are done",
            _FULL_RETRY_S,
            outstanding=outstanding,
            limit=rules.removals.max_outstanding,
        )
    return paid


def shares_of(quoted: Quote) -> list[int]:
    """The price of each picture of an order; together the price of the order."""
    return shares(quoted.final_credits, quoted.image_count)
