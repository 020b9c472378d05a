"""The operator's view: what came in, what was used for it, what is owed, and what a picture earns."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.credits.statistics import count_used, outstanding
from lumiku.payments.statistics import PaymentCounts, count_payments, credit_value_idr
from lumiku.removals.statistics import work_done
from lumiku.settings import Settings
from lumiku.subscriptions.statistics import count_subscriptions


@dataclass(frozen=True, slots=True)
class TierNumbers:
    """A tier in the period, and one picture of it.

    Attributes:
        images: that came out.
        credits: that they cost.
        value_idr: of these credits.
        cost_idr: of these images; None: the settings do not say.
        picture_value_idr: of one at the full price.
        picture_cost_idr: of one.
    """

    images: int
    credits: int
    value_idr: int
    cost_idr: int | None
    picture_value_idr: float
    picture_cost_idr: float | None

    @property
    def margin(self) -> float | None:
        """What is left of a picture's value, as a part of it."""
        if self.picture_cost_idr is None:
            return None
        return 1 - self.picture_cost_idr / self.picture_value_idr


@dataclass(frozen=True, slots=True)
class Business:
    """Everything about a period that ends now."""

    payments: PaymentCounts
    credits_used: int
    credits_given_back: int
    credits_outstanding: int
    credit_value_idr: float
    subscriptions: Mapping[str, int]
    mrr_idr: int
    tiers: Mapping[str, TierNumbers]

    @property
    def liability_idr(self) -> int:
        """What is owed in work, at the price that credits were sold for."""
        return int(self.credits_outstanding * Fraction(self.credit_value_idr))


async def read_business(tx: AsyncConnection, settings: Settings, since: datetime, now: datetime) -> Business:
    """Read all of it in one transaction."""
    value = await credit_value_idr(tx, settings.pricing.idr_per_credit)
    used, given_back = await count_used(tx, since)
    subscribed = await count_subscriptions(tx, settings=settings.subscriptions, now=now)
    done = await work_done(tx, since)
    return Business(
        payments=await count_payments(tx, since),
        credits_used=used,
        credits_given_back=given_back,
        credits_outstanding=await outstanding(tx),
        credit_value_idr=value,
        subscriptions=subscribed.active,
        mrr_idr=subscribed.monthly_revenue_idr,
        tiers={
            tier: _tier(settings, tier, done.get(tier, (0, 0)), value) for tier in settings.pricing.credits
        },
    )


def _tier(settings: Settings, tier: str, done: tuple[int, int], value: float) -> TierNumbers:
    costs: Mapping[str, float] = settings.payments.costs_idr  # type: ignore[assignment]
    prices: Mapping[str, int] = settings.pricing.credits  # type: ignore[assignment]
    cost = costs.get(tier)
    images, credits_ = done
    return TierNumbers(
        images=images,
        credits=credits_,
        value_idr=round(credits_ * value),
        cost_idr=None if cost is None else round(images * cost),
        picture_value_idr=prices[tier] * value,
        picture_cost_idr=cost,
    )
