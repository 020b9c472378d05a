"""What runs now and what each day brought, as administrators see it."""

from datetime import date

from pydantic import Field

from lumiku.api.schemas.base import AnswerBody


class QueueBody(AnswerBody):
    """How much one queue holds."""

    queue: str = Field(examples=["removals"])
    waiting: int = Field(description="Could start now.", examples=[3])
    later: int = Field(description="Starts later: tried again, or on a schedule.", examples=[0])
    running: int = Field(examples=[1])


class WorkerBody(AnswerBody):
    """A worker that was heard of in the last seconds."""

    host: str = Field(examples=["server-1"])
    pid: int = Field(examples=[4711])
    version: str = Field(examples=["0.1.0"])
    queues: list[str] = Field(examples=[["removals"]])


class RunningAnswer(AnswerBody):
    """The queues and who works on them."""

    queues: list[QueueBody]
    workers: list[WorkerBody]


class DayBody(AnswerBody):
    """One day, in UTC."""

    day: date
    completed: int = Field(description="Pictures asked for that day that came out.", examples=[120])
    failed: int = Field(description="Those that failed.", examples=[2])
    revenue_idr: int = Field(
        serialization_alias="revenueIDR",
        description="What came in, in whole rupiah, refunds not taken off.",
        examples=[99_000],
    )


class DaysAnswer(AnswerBody):
    """Each day of the period, the oldest first; today is the last."""

    days: list[DayBody]
