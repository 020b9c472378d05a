"""Settings of subscriptions: the plans that are sold, as data, and the times that they run by."""

from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from lumiku.engine.options import TIERS, Tier
from lumiku.subscriptions.zones import zone_of

PREMIUM_TIERS: Final[frozenset[Tier]] = frozenset({"professional", "industry"})

PlanName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,15}$")]


class PlanSettings(BaseModel):
    """One plan: what a month of it costs, and what each day of that month holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    price_idr: int = Field(ge=1, le=1_000_000_000, description="Of a month, in whole rupiah.")
    daily_removals: int = Field(ge=1, le=1_000_000, description="Pictures a day.")
    daily_premium: int = Field(
        default=0, ge=0, le=1_000_000, description="Of them professional and industry, together."
    )
    tiers: tuple[Tier, ...] = Field(min_length=1, description="The tiers that it pays for.")
    offered: bool = Field(
        default=True, description="Whether anybody may subscribe still; those who have it keep it."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.daily_premium > self.daily_removals:
            raise ValueError("daily_premium is a part of daily_removals, so it cannot be more")
        if bool(self.daily_premium) != bool(PREMIUM_TIERS & set(self.tiers)):
            raise ValueError("daily_premium is above 0 where the plan has professional or industry, else 0")
        return self


_PLANS: Final[dict[str, PlanSettings]] = {
    "starter": PlanSettings(price_idr=99_000, daily_removals=50, tiers=("basic", "standard")),
    "pro": PlanSettings(price_idr=299_000, daily_removals=200, daily_premium=50, tiers=TIERS),
}


class SubscriptionsSettings(BaseModel):
    """Plans, the zone of their days, and how long what waits for a payment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    plans: dict[PlanName, PlanSettings] = Field(
        default=_PLANS,
        description="The plans, by name. One that somebody has is not taken out, but no longer `offered`.",
    )
    zone: str = Field(
        default="UTC",
        description="The zone, such as Asia/Jakarta, whose midnight begins a day of quota; months of new "
        "subscriptions are counted in it too.",
    )
    grace_days: int = Field(
        default=7,
        ge=0,
        le=27,
        description="How long a plan stays usable after a month that no other was paid for.",
    )
    renew_ahead_days: int = Field(
        default=3, ge=0, le=27, description="How long before its end the invoice of the next month is made."
    )

    @field_validator("zone")
    @classmethod
    def _known(cls, zone: str) -> str:
        zone_of(zone)
        return zone
