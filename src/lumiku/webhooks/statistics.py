"""Webhooks in numbers, for those who run the server."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.webhooks.tables import webhook_deliveries as deliveries
from lumiku.webhooks.tables import webhook_endpoints as endpoints


@dataclass(frozen=True, slots=True)
class Undelivered:
    """Events that were given up: how many, since when, and some of those to whom they did not come."""

    count: int
    since: datetime | None
    owners: tuple[UUID, ...]


async def given_up(tx: AsyncConnection, since: datetime, most: int) -> Undelivered:
    """Of the events since then; at most so many owners."""
    # What a disabled endpoint misses was never tried.
    failed = (
        deliveries.c.status == "failed",
        deliveries.c.attempts > 0,
        deliveries.c.created_at >= since,
    )
    counted = select(func.count(), func.min(deliveries.c.created_at)).where(*failed)
    count, first = (await tx.execute(counted)).one()
    whose = select(endpoints.c.user_id).join(deliveries).where(*failed).distinct().limit(most)
    return Undelivered(count, first, tuple((await tx.scalars(whose)).all()))
