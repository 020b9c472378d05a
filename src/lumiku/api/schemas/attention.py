"""What administrators have to look at."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from lumiku.api.attention import MatterKind
from lumiku.api.schemas.base import AnswerBody
from lumiku.api.schemas.health import FindingBody


class OwnerBody(AnswerBody):
    """Somebody whom it is about."""

    id: UUID
    email: str = Field(description="Empty once they have left.", examples=["ada@example.com"])


class MatterBody(AnswerBody):
    """One thing to look at."""

    kind: MatterKind = Field(
        description="check: a part of the server does not work. ledger: the last nightly audit found"
        " something, or did not end. undelivered: money came in that delivered nothing. claimed: a callback"
        " called a payment paid, and its gateway has not confirmed it for an hour. waiting: payments by hand"
        " that have waited for six hours. mails, tasks, pictures, deliveries: that failed for good in the"
        " last three days. suspended: subscriptions."
    )
    count: int = Field(examples=[2])
    since: datetime | None = Field(description="When the first began, or of tasks, when the last failed.")
    about: str = Field(
        description="Of a check: its name and what it found; of tasks: their names.", examples=[""]
    )
    check: FindingBody | None = Field(description="Of a check: what it found, for programs.")
    owners: list[OwnerBody] = Field(description="Some of the people whom it is about.")


class AttentionAnswer(AnswerBody):
    """What has to be looked at, the gravest first; empty where nothing has."""

    matters: list[MatterBody]
