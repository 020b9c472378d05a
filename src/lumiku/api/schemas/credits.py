"""Credits as the API shows them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictInt, StringConstraints

from lumiku.api.schemas.base import AnswerBody, Pagination, RequestBody
from lumiku.api.schemas.base import Line as TextLine
from lumiku.credits.model import EntryKind
from lumiku.credits.statements import Line


class BalanceAnswer(AnswerBody):
    """What an account owns, and how much of it is reserved for work under way."""

    balance: int = Field(examples=[100])
    held: int = Field(examples=[8])
    available: int = Field(examples=[92])


class EntryBody(AnswerBody):
    """One line of the ledger; lines never change."""

    id: int = Field(examples=[1])
    kind: EntryKind
    amount: int = Field(description="What it does to the balance.", examples=[100])
    balance_after: int = Field(examples=[100])
    reference: str = Field(examples=["welcome:0190c5a2-7c1e-7b2a-9f00-3c5d1e2f4a6b"])
    note: str = Field(examples=["Welcome bonus"])
    created_at: datetime


class LineBody(EntryBody):
    """A line as its owner reads it."""

    paid_for: str | None = Field(description="What a capture paid for.", examples=[None])

    @classmethod
    def of(cls, line: Line) -> "LineBody":
        """As lists show it."""
        return cls(**EntryBody.model_validate(line.entry).model_dump(by_alias=False), paid_for=line.paid_for)


class HistoryAnswer(AnswerBody):
    """A page of the ledger, the newest line first."""

    entries: list[LineBody]
    pagination: Pagination


class StatementBody(AnswerBody):
    """A period: the opening balance and the entries sum to the closing one."""

    start: datetime
    end: datetime
    opening: int = Field(examples=[0])
    closing: int = Field(examples=[100])
    totals: dict[EntryKind, int] = Field(examples=[{"bonus": 100}])
    entries: list[LineBody]


class StatementAnswer(AnswerBody):
    """A period of the ledger."""

    statement: StatementBody


class CreditsRequest(RequestBody):
    """Credits given to an account, or taken from it (then with a reason)."""

    user_id: UUID
    amount: StrictInt = Field(ge=-1_000_000, le=1_000_000, description="Below 0 takes.", examples=[500])
    note: Annotated[TextLine, StringConstraints(max_length=500), Field(examples=["Refund by hand"])] = ""


class EntryAnswer(AnswerBody):
    """The line that was written."""

    entry: EntryBody
