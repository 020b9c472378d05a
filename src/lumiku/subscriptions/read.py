"""Reading a subscription, its trail, and all of them for those who run the server."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.accounts.repository import addresses_of
from lumiku.core.page import Listed, Page
from lumiku.subscriptions.lifecycle import given_left, is_dearer, plan_at, state_at, upgrade_price
from lumiku.subscriptions.model import State, Subscription
from lumiku.subscriptions.plans import offered_plans
from lumiku.subscriptions.quota import Quota, quota_of
from lumiku.subscriptions.repository import find, find_page
from lumiku.subscriptions.settings import SubscriptionsSettings
from lumiku.subscriptions.tables import background_remover_subscription_events as events
from lumiku.subscriptions.tables import background_remover_subscriptions as subscriptions
from lumiku.subscriptions.transitions import TRANSITIONS


@dataclass(frozen=True, slots=True)
class Seen:
    """A subscription as it is at a moment.

    Attributes:
        subscription: what it follows from.
        state: of the moment.
        plan: of the moment.
        period_start, period_end: of the month that the moment lies in, or of the last one.
        paid_until: the end of all months that were paid for.
        grace_until: until when a plan that was not paid again can be used; None where it is not past due.
        quota: of the day; None where nothing can be used.
        given: how many months that nobody paid for are left, or give the grace that is.
        upgrades: what each dearer plan would cost now, in whole rupiah, for what is left of the paid months.
    """

    subscription: Subscription
    state: State
    plan: str
    period_start: datetime | None
    period_end: datetime | None
    paid_until: datetime | None
    grace_until: datetime | None
    quota: Quota | None
    given: int
    upgrades: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the trail; see the table for what the columns mean."""

    id: UUID
    event: str
    status_before: str
    status_after: str
    plan: str
    done_by: str
    invoice_id: UUID | None
    detail: Mapping[str, Any]
    happened_at: datetime


async def see(
    tx: AsyncConnection, user_id: UUID, *, settings: SubscriptionsSettings, now: datetime
) -> Seen | None:
    """The account's subscription as it is now; None where there never was one."""
    subscription = await find(tx, user_id)
    if subscription is None:
        return None
    return await as_seen(tx, subscription, settings=settings, now=now)


async def as_seen(
    tx: AsyncConnection, subscription: Subscription, *, settings: SubscriptionsSettings, now: datetime
) -> Seen:
    """A subscription as it is now."""
    grace = timedelta(days=settings.grace_days)
    state, end = state_at(subscription, now, grace), subscription.paid_until
    begun = [period for period in subscription.periods if period.starts_at <= now]
    period = begun[-1] if begun else None
    return Seen(
        subscription=subscription,
        state=state,
        plan=plan_at(subscription, now) if state != "pending_payment" else subscription.plan,
        period_start=period.starts_at if period else None,
        period_end=period.ends_at if period else None,
        paid_until=end,
        grace_until=end + grace if end is not None and state == "past_due" else None,
        quota=await quota_of(tx, subscription, settings=settings, now=now),
        given=given_left(subscription, now, grace),
        upgrades=_upgrades(subscription, state, settings, now),
    )


def _upgrades(
    subscription: Subscription, state: State, settings: SubscriptionsSettings, now: datetime
) -> dict[str, int]:
    if subscription.suspended_at is not None or state not in TRANSITIONS["upgrade"]:
        return {}
    return {
        name: upgrade_price(subscription, plan.price_idr, now)
        for name, plan in offered_plans(settings).items()
        if name != plan_at(subscription, now) and is_dearer(subscription, plan.price_idr, now)
    }


async def history(tx: AsyncConnection, user_id: UUID, page: Page) -> Listed[Happened]:
    """A page of what happened to the account's subscription, the latest first."""
    mine = select(subscriptions.c.id).where(subscriptions.c.user_id == user_id).scalar_subquery()
    which = events.c.subscription_id == mine
    total = await tx.scalar(select(func.count()).select_from(events).where(which))
    query = select(*(events.c[name] for name in Happened.__slots__)).where(which).order_by(events.c.id.desc())
    rows = (await tx.execute(query.limit(page.limit).offset(page.offset))).mappings()
    return Listed([Happened(**row) for row in rows], total or 0)


async def find_happened(tx: AsyncConnection, event_id: UUID) -> Happened | None:
    """One line of a trail, for the mail about it."""
    query = select(*(events.c[name] for name in Happened.__slots__)).where(events.c.id == event_id)
    row = (await tx.execute(query)).mappings().one_or_none()
    return None if row is None else Happened(**row)


async def list_subscriptions(
    tx: AsyncConnection, page: Page, *, settings: SubscriptionsSettings, now: datetime
) -> Listed[tuple[str, Seen]]:
    """A page of all subscriptions as they are now, each with its owner's address, the latest first."""
    total = await tx.scalar(select(func.count()).select_from(subscriptions))
    found = await find_page(tx, page)
    addresses = await addresses_of(tx, [each.user_id for each in found])
    seen = [(addresses[each.user_id], await as_seen(tx, each, settings=settings, now=now)) for each in found]
    return Listed(seen, total or 0)
