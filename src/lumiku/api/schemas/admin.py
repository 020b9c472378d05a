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
