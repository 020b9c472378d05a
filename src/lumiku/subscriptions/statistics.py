"""Subscriptions in numbers, for those who run the server."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.subscriptions.settings import SubscriptionsSettings
from lumiku.subscriptions.tables import background_remover_subscription_periods as periods
from lumiku.subscriptions.tables import background_remover_subscriptions as subscriptions


@dataclass(frozen=True, slots=True)
class SubscriptionCounts:
    """Subscriptions at a moment.

    Attributes:
        active: by plan, those in a month that was paid for or given, also where they are cancelled.
        given: of them, those in a month that nobody paid for.
        past_due: whose month is over, and whose grace is not.
        monthly_revenue_idr: what the months that were paid for bring in a month (MRR).
    """

    active: Mapping[str, int]
    given: int
    past_due: int
    monthly_revenue_idr: int


async def count_subscriptions(
    tx: AsyncConnection, *, settings: SubscriptionsSettings, now: datetime
) -> SubscriptionCounts:
    """Count them as they are now, whatever the hourly task has done."""
    paid = periods.c.invoice_id.is_not(None)
    running = (periods.c.ends_at > now, periods.c.starts_at <= now, periods.c.revoked_at.is_(None))
    counted = (
        select(
            periods.c.plan,
            func.count(),
            func.count().filter(~paid),
            func.coalesce(func.sum(periods.c.value_idr).filter(paid), 0),
        )
        .where(*running)
        .group_by(periods.c.plan)
    )
    rows = (await tx.execute(counted)).all()
    since = now - timedelta(days=settings.grace_days)
    due = select(func.count()).where(
        subscriptions.c.status.in_(("active", "past_due")),
        subscriptions.c.period_end <= now,
        subscriptions.c.period_end > since,
    )
    return SubscriptionCounts(
        active={row[0]: row[1] for row in rows},
        given=sum(row[2] for row in rows),
        past_due=await tx.scalar(due) or 0,
        monthly_revenue_idr=int(sum(row[3] for row in rows)),
    )


async def suspended_owners(tx: AsyncConnection, most: int) -> tuple[int, list[UUID]]:
    """How many subscriptions are suspended, and whose those are, the latest first, at most so many."""
    suspended = subscriptions.c.suspended_at.is_not(None)
    total = await tx.scalar(select(func.count()).select_from(subscriptions).where(suspended))
    latest = select(subscriptions.c.user_id).where(suspended).order_by(subscriptions.c.suspended_at.desc())
    return total or 0, list((await tx.scalars(latest.limit(most))).all())
