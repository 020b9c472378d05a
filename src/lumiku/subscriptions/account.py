"""What subscriptions keep about a person: told on asking, and ended when their account goes."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.payments.lock import lock_payer
from lumiku.subscriptions.changes import store
from lumiku.subscriptions.repository import find, find_locked
from lumiku.subscriptions.selling import OURS, Selling, withdraw_bills
from lumiku.subscriptions.tables import background_remover_subscription_events as events
from lumiku.subscriptions.tables import background_remover_subscription_usage as usage


async def export_subscription(tx: AsyncConnection, user_id: UUID) -> Mapping[str, Any] | None:
    """The account's subscription with its months, trail and days of quota; without other people's ids."""
    subscription = await find(tx, user_id)
    if subscription is None:
        return None
    names = ("event", "status_before", "status_after", "plan", "happened_at")
    trail = select(*(events.c[name] for name in names)).where(events.c.subscription_id == subscription.id)
    days = select(usage.c.day, usage.c.used, usage.c.premium_used).where(
        usage.c.subscription_id == subscription.id
    )
    return {
        "plan": subscription.plan,
        "cancelled_at": subscription.cancelled_at,
        "cancel_reason": subscription.cancel_reason,
        "months": [
            {"plan": each.plan, "starts_at": each.starts_at, "ends_at": each.ends_at}
            for each in subscription.periods
        ],
        "events": [dict(row) for row in (await tx.execute(trail.order_by(events.c.id))).mappings()],
        "days": [dict(row) for row in (await tx.execute(days.order_by(usage.c.day))).mappings()],
    }


async def end_subscription(tx: AsyncConnection, user_id: UUID, *, rules: Selling, now: datetime) -> None:
    """Nothing follows any more, and what the owner wrote is erased; the trail stays, naming nobody."""
    await lock_payer(tx, user_id)
    await withdraw_bills(tx, user_id, OURS, now)
    before = await find_locked(tx, user_id)
    if before is not None:
        after = replace(before, cancelled_at=before.cancelled_at or now, cancel_reason="", pending_until=None)
        await store(tx, before, after, settings=rules.subscriptions, now=now)
