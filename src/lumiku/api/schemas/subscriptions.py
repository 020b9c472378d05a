"""Plans and subscriptions as the API shows them."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, StrictInt, StringConstraints

from lumiku.api.schemas.base import AnswerBody, Line, Pagination, RequestBody
from lumiku.engine.options import Tier
from lumiku.subscriptions.model import State
from lumiku.subscriptions.operate import MAX_MONTHS
from lumiku.subscriptions.quota import Quota
from lumiku.subscriptions.read import Happened, Seen
from lumiku.subscriptions.settings import PlanSettings

PlanName = Annotated[str, StringConstraints(min_length=1, max_length=16), Field(examples=["starter"])]
Reason = Annotated[Line, StringConstraints(max_length=500), Field(examples=["Paid in cash"])]


class PlanBody(AnswerBody):
    """A plan that is offered."""

    name: str = Field(examples=["starter"])
    price_idr: int = Field(serialization_alias="priceIDR", description="A month.", examples=[99_000])
    daily_removals: int = Field(examples=[50])
    daily_premium: int = Field(description="Of them professional and industry, together.", examples=[0])
    tiers: list[Tier] = Field(examples=[["basic", "standard"]])

    @classmethod
    def of(cls, name: str, plan: PlanSettings) -> "PlanBody":
        """As the settings have it."""
        return cls(
            name=name,
            price_idr=plan.price_idr,
            daily_removals=plan.daily_removals,
            daily_premium=plan.daily_premium,
            tiers=list(plan.tiers),
        )


class PlansAnswer(AnswerBody):
    """The plans, the cheapest first."""

    plans: list[PlanBody]
    zone: str = Field(description="Whose midnight begins a day of quota.", examples=["UTC"])
    grace_days: int = Field(description="How long a plan that was not renewed can be used.", examples=[7])


class QuotaBody(AnswerBody):
    """A day of a plan."""

    plan: str = Field(examples=["starter"])
    limit: int = Field(description="Pictures a day.", examples=[50])
    used: int = Field(description="Also by pictures that wait or run.", examples=[3])
    remaining: int = Field(examples=[47])
    premium_limit: int = Field(description="Professional and industry, together.", examples=[0])
    premium_used: int = Field(examples=[0])
    premium_remaining: int = Field(examples=[0])
    tiers: list[Tier] = Field(examples=[["basic", "standard"]])
    resets_at: datetime = Field(description="When the next day begins.")

    @classmethod
    def of(cls, quota: Quota | None) -> "QuotaBody | None":
        """As it is now."""
        return None if quota is None else cls.model_validate(quota)


class SubscriptionBody(AnswerBody):
    """A subscription as it is now."""

    id: UUID
    plan: str = Field(examples=["starter"])
    status: State
    usable: bool = Field(description="Whether its quota pays for pictures now.")
    period_start: datetime | None = Field(description="Of the present month.")
    period_end: datetime | None
    paid_until: datetime | None = Field(description="The end of all months that were paid for.")
    grace_until: datetime | None = Field(description="Of a plan that is past due.")
    next_plan: str | None = Field(description="What follows, where it is another.", examples=[None])
    cancelled_at: datetime | None
    cancel_reason: str = Field(examples=[""])
    given_months: int = Field(
        description="Those left that an administrator gave; they can be taken back.", examples=[0]
    )
    upgrades: dict[str, int] = Field(
        description="What each dearer plan costs now, in whole rupiah, for the time that is paid already.",
        examples=[{"pro": 96_774}],
    )
    suspended: bool = Field(description="An administrator keeps it from being used.")
    quota: QuotaBody | None
    created_at: datetime

    @classmethod
    def of(cls, seen: Seen, **more: Any) -> Self:
        """From what was read."""
        kept = seen.subscription
        return cls(
            id=kept.id,
            plan=seen.plan,
            status=seen.state,
            usable=seen.quota is not None,
            period_start=seen.period_start,
            period_end=seen.period_end,
            paid_until=seen.paid_until,
            grace_until=seen.grace_until,
            next_plan=kept.next_plan,
            cancelled_at=kept.cancelled_at,
            cancel_reason=kept.cancel_reason,
            given_months=seen.given,
            upgrades=dict(seen.upgrades),
            suspended=kept.suspended_at is not None,
            quota=QuotaBody.of(seen.quota),
            created_at=kept.created_at,
            **more,
        )


class SubscriptionAnswer(AnswerBody):
    """The subscription, or null where there never was one."""

    subscription: SubscriptionBody | None


class AdminSubscriptionBody(SubscriptionBody):
    """A subscription as administrators see it."""

    user_id: UUID
    email: str = Field(description="Of its owner; empty once they have left.", examples=["ada@example.com"])


class AdminSubscriptionsAnswer(AnswerBody):
    """A page of the subscriptions of all accounts, the latest first."""

    subscriptions: list[AdminSubscriptionBody]
    pagination: Pagination


class CancelRequest(RequestBody):
    """Why, if you like to say."""

    reason: Line = ""


class SubscriptionEventBody(AnswerBody):
    """One thing that happened; it never changes."""

    id: UUID
    event: str = Field(examples=["pay"])
    status_before: str = Field(examples=["pending_payment"])
    status_after: str = Field(examples=["active"])
    plan: str = Field(examples=["starter"])
    done_by: Literal["owner", "operator", "payment", "time"]
    payment_id: UUID | None
    happened_at: datetime

    @classmethod
    def of(cls, happened: Happened) -> "SubscriptionEventBody":
        """For its owner: without who of the operators it was."""
        shown: dict[str, Any] = {
            name: getattr(happened, name) for name in cls.model_fields if name != "payment_id"
        }
        return cls(**shown, payment_id=happened.invoice_id)


class SubscriptionEventsAnswer(AnswerBody):
    """A page of what happened, the latest first."""

    events: list[SubscriptionEventBody]
    pagination: Pagination


class GrantRequest(RequestBody):
    """Months that nobody pays for."""

    plan: PlanName
    months: Annotated[StrictInt, Field(ge=1, le=MAX_MONTHS, examples=[1])] = 1
    reason: Reason


class DecisionRequest(RequestBody):
    """Why."""

    reason: Reason
