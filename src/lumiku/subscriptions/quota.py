"""A day's quota: taken in one conditional statement for what is queued, given back for what fails.

The day's row is locked first and all numbers are worked out from its newest version, so requests at the same
time queue up at it and can never take more together than the plan holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.ids import new_id
from lumiku.engine.options import Tier
from lumiku.subscriptions.errors import QuotaExceeded, TierNotAllowed
from lumiku.subscriptions.lifecycle import usable_plan
from lumiku.subscriptions.model import Subscription
from lumiku.subscriptions.repository import find, find_locked
from lumiku.subscriptions.settings import PREMIUM_TIERS, PlanSettings, SubscriptionsSettings
from lumiku.subscriptions.tables import background_remover_subscription_usage as usage
from lumiku.subscriptions.zones import day_of, next_day_at

_TAKE = text("""
WITH today AS MATERIALIZED (
    SELECT id, used, premium_used FROM background_remover_subscription_usage
    WHERE subscription_id = :subscription_id AND day = :day FOR UPDATE
), taken AS MATERIALIZED (
    SELECT id, greatest(0, least(:wanted, :limit - used,
        CASE WHEN :premium THEN :premium_limit - premium_used ELSE :wanted END)) AS number
    FROM today
)
UPDATE background_remover_subscription_usage AS usage
SET used = used + taken.number,
    premium_used = premium_used + CASE WHEN :premium THEN taken.number ELSE 0 END
FROM taken WHERE usage.id = taken.id AND (taken.number = :wanted OR NOT :all_or_none)
RETURNING usage.id, taken.number
""")
_GIVE_BACK = text("""
UPDATE background_remover_subscription_usage
SET used = used - :number, premium_used = premium_used - CASE WHEN :premium THEN :number ELSE 0 END
WHERE id = :id
""")


@dataclass(frozen=True, slots=True)
class Taken:
    """How many pictures a day's quota pays for, and the row that gets them back if they fail."""

    number: int = 0
    usage_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Quota:
    """A day of a plan.

    Attributes:
        plan: whose it is.
        limit: pictures.
        used: of them, also for pictures that wait or run.
        premium_limit, premium_used: of them, professional and industry together.
        tiers: that the plan pays for.
        resets_at: when the next day begins.
    """

    plan: str
    limit: int
    used: int
    premium_limit: int
    premium_used: int
    tiers: tuple[Tier, ...]
    resets_at: datetime

    @property
    def remaining(self) -> int:
        """Pictures left; a plan that became smaller during the day leaves none."""
        return max(0, self.limit - self.used)

    @property
    def premium_remaining(self) -> int:
        """Of them, professional and industry."""
        return max(0, min(self.premium_limit - self.premium_used, self.remaining))

    def left_for(self, tier: str) -> int:
        """How many pictures of a tier it pays for still."""
        if tier not in self.tiers:
            return 0
        return self.premium_remaining if tier in PREMIUM_TIERS else self.remaining


async def read_quota(
    tx: AsyncConnection, user_id: UUID, *, settings: SubscriptionsSettings, now: datetime
) -> Quota | None:
    """The account's quota as it is now; None where no plan can be used."""
    subscription = await find(tx, user_id)
    return None if subscription is None else await quota_of(tx, subscription, settings=settings, now=now)


async def quota_of(
    tx: AsyncConnection, subscription: Subscription, *, settings: SubscriptionsSettings, now: datetime
) -> Quota | None:
    """The quota of a subscription as it is now; None where its plan cannot be used."""
    found = _plan_in_force(subscription, settings, now)
    if found is None:
        return None
    name, plan = found
    day = usage.c.subscription_id == subscription.id, usage.c.day == day_of(now, settings.zone)
    row = (await tx.execute(select(usage.c.used, usage.c.premium_used).where(*day))).one_or_none()
    return Quota(
        plan=name,
        limit=plan.daily_removals,
        used=row.used if row else 0,
        premium_limit=plan.daily_premium,
        premium_used=row.premium_used if row else 0,
        tiers=plan.tiers,
        resets_at=next_day_at(now, settings.zone),
    )


async def reserve_quota(
    tx: AsyncConnection,
    user_id: UUID,
    wanted: int,
    tier: str,
    *,
    settings: SubscriptionsSettings,
    now: datetime,
    all_or_none: bool = False,
) -> Taken:
    """Take as many pictures as today's quota allows, up to `wanted`.

    Args:
        tx: the caller's transaction; subscription and day stay locked until its end.
        user_id: whose quota.
        wanted: pictures, at least 1.
        tier: of all of them.
        settings: the plans.
        now: decides the state of the subscription and the day.
        all_or_none: raise where the quota does not pay for all of them.

    Raises:
        TierNotAllowed: `all_or_none`, and no plan in force pays for this tier.
        QuotaExceeded: `all_or_none`, and fewer are left; `retry_after_s` says when the day ends.
    """
    # Not shared: PostgreSQL lets sharers pass those that wait to change the row, and a steady stream of
    # submissions would keep a refund or a payment waiting for ever.
    subscription = await find_locked(tx, user_id)
    found = None if subscription is None else _plan_in_force(subscription, settings, now)
    if subscription is None or found is None or tier not in found[1].tiers:
        if all_or_none:
            left = (
                None if subscription is None else await quota_of(tx, subscription, settings=settings, now=now)
            )
            refuse_beyond(left, wanted, tier, now)
        return Taken()
    plan, day = found[1], day_of(now, settings.zone)
    row = {"id": new_id(), "subscription_id": subscription.id, "day": day}
    await tx.execute(upsert(usage).values(row).on_conflict_do_nothing())
    parameters = {
        "subscription_id": subscription.id,
        "day": day,
        "wanted": wanted,
        "limit": plan.daily_removals,
        "premium": tier in PREMIUM_TIERS,
        "premium_limit": plan.daily_premium,
        "all_or_none": all_or_none,
    }
    taken = (await tx.execute(_TAKE, parameters)).one_or_none()
    if taken is None:
        left = await quota_of(tx, subscription, settings=settings, now=now)
        refuse_beyond(left, wanted, tier, now)
        return Taken()
    return Taken(taken.number, taken.id) if taken.number else Taken()


async def release_quota(tx: AsyncConnection, pictures: Mapping[tuple[UUID, bool], int]) -> None:
    """Give back to the days that paid, whatever became of the subscription since.

    Args:
        tx: the transaction that ends the pictures, once each.
        pictures: how many, by the day's row and whether they are `is_premium`.
    """
    for (usage_id, premium), number in sorted(pictures.items()):
        await tx.execute(_GIVE_BACK, {"id": usage_id, "premium": premium, "number": number})


def refuse_beyond(left: Quota | None, wanted: int, tier: str, now: datetime) -> None:
    """Refuse what a day's quota does not pay for.

    Args:
        left: of the day; None where no plan can be used.
        wanted: pictures.
        tier: of all of them.
        now: the time.

    Raises:
        TierNotAllowed: no plan in force pays for this tier.
        QuotaExceeded: fewer are left; `retry_after_s` says when the day ends.
    """
    if left is None:
        raise TierNotAllowed("no plan is in force that could pay for this", tier=tier, plan=None)
    if tier not in left.tiers:
        raise TierNotAllowed(f"the plan {left.plan} does not pay for {tier}", tier=tier, plan=left.plan)
    if left.left_for(tier) < wanted:
        raise _exceeded(wanted, tier, left, now)


def is_premium(tier: str) -> bool:
    """Whether a tier counts into the joint cap."""
    return tier in PREMIUM_TIERS


def _plan_in_force(
    subscription: Subscription, settings: SubscriptionsSettings, now: datetime
) -> tuple[str, PlanSettings] | None:
    name = usable_plan(subscription, now, timedelta(days=settings.grace_days))
    plan = None if name is None else settings.plans.get(name)
    return None if name is None or plan is None else (name, plan)


def _exceeded(wanted: int, tier: str, left: Quota, now: datetime) -> QuotaExceeded:
    wait_s = max(1, -(-(left.resets_at - now) // timedelta(seconds=1)))
    remaining = left.left_for(tier)
    return QuotaExceeded(
        f"this needs {wanted} pictures of today's quota and {remaining} are left",
        wait_s,
        required=wanted,
        remaining=remaining,
        resetsAt=left.resets_at.isoformat(),
    )
