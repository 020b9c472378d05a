"""What administrators see."""

from datetime import datetime

from pydantic import Field

from lumiku.api.schemas.base import AnswerBody


class AccountCounts(AnswerBody):
    """People with accounts, deleted ones left out."""

    total: int = Field(examples=[42])
    registered: int = Field(description="In the period.", examples=[3])


class CreditCounts(AnswerBody):
    """Credits moved in the period."""

    given: int = Field(description="By bonus, grant, purchase, refund and adjustment.", examples=[1_500])
    spent: int = Field(description="Captured for finished work.", examples=[380])
    held: int = Field(description="Reserved at this moment.", examples=[8])


class RemovalCounts(AnswerBody):
    """Pictures asked for in the period."""

    by_status: dict[str, int] = Field(examples=[{"completed": 120, "failed": 2}])
    by_tier: dict[str, int] = Field(examples=[{"basic": 90, "standard": 32}])


class StatsBody(AnswerBody):
    """The server in numbers."""

    since: datetime
    accounts: AccountCounts
    credits: CreditCounts
    removals: RemovalCounts


class StatsAnswer(AnswerBody):
    """The server in numbers."""

    stats: StatsBody


class CreditFlow(AnswerBody):
    """Credits in the period, and what accounts own now."""

    sold: int = Field(examples=[15_000])
    taken_back: int = Field(description="Of refunded packages.", examples=[0])
    used: int = Field(description="Captured for pictures that came out.", examples=[9_200])
    given_back: int = Field(description="Of those captured.", examples=[16])
    outstanding: int = Field(description="That accounts own now.", examples=[7_400])
    value_idr: float = Field(
        serialization_alias="valueIDR",
        description="What a credit was sold for on average; where none was, the rate of the settings.",
        examples=[66.7],
    )
    liability_idr: int = Field(
        serialization_alias="liabilityIDR",
        description="Outstanding credits at that value.",
        examples=[493_580],
    )


class TierMargin(AnswerBody):
    """A tier in the period. Costs and margins are empty where the settings name no cost."""

    images: int = Field(description="That came out.", examples=[1_200])
    credits: int = Field(examples=[9_200])
    value_idr: int = Field(
        serialization_alias="valueIDR", description="Of these credits.", examples=[613_640]
    )
    cost_idr: int | None = Field(serialization_alias="costIDR", examples=[120_000])
    margin_percent: float | None = Field(
        description="Of a picture at the full price, after its cost.", examples=[81.2]
    )


class RevenueBody(AnswerBody):
    """Money and credits."""

    since: datetime
    currency: str = Field(examples=["IDR"])
    revenue: int = Field(description="What came in, in whole rupiah.", examples=[1_299_000])
    refunded: int = Field(examples=[0])
    net: int = Field(examples=[1_299_000])
    by_kind: dict[str, int] = Field(examples=[{"package": 1_000_000, "plan": 299_000}])
    invoices: dict[str, int] = Field(description="By status, now.", examples=[{"paid": 12, "pending": 3}])
    attention: int = Field(description="Payments that nothing was delivered for.", examples=[0])
    active_subscriptions: dict[str, int] = Field(examples=[{"pro": 1, "starter": 4}])
    mrr: int = Field(
        description="What the months in force bring in a month, in whole rupiah.", examples=[695_000]
    )
    credits: CreditFlow
    tiers: dict[str, TierMargin]
    target_margin_percent: int = Field(examples=[30])


class RevenueAnswer(AnswerBody):
    """Money and credits."""

    revenue: RevenueBody
