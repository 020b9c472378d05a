"""One person as administrators see them."""

from pydantic import Field

from lumiku.api.schemas.accounts import ListedUserBody
from lumiku.api.schemas.base import AnswerBody
from lumiku.api.schemas.credits import BalanceAnswer, LineBody
from lumiku.api.schemas.subscriptions import SubscriptionBody


class PersonAnswer(AnswerBody):
    """A person, what they own and what they have had done."""

    user: ListedUserBody
    credits: BalanceAnswer
    entries: list[LineBody] = Field(description="The latest lines of their ledger, at most ten.")
    subscription: SubscriptionBody | None = Field(description="Null where they never had one.")
    pictures: int = Field(description="That came out; those deleted since count on.", examples=[42])
