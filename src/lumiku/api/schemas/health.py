"""Health as the API shows it."""

from typing import Literal

from pydantic import Field

from lumiku.api.schemas.base import AnswerBody
from lumiku.health.check import Reason


class AliveAnswer(AnswerBody):
    """The process runs and answers."""

    status: Literal["ok"] = "ok"


class FindingBody(AnswerBody):
    """One check's result."""

    name: str = Field(examples=["database"])
    status: Literal["ok", "failed"] = Field(examples=["ok"])
    message: str = Field(examples=["answers"])
    ms: float = Field(examples=[0.8])
    reason: Reason | None = Field(
        description="What failed, as a stable name; null where nothing did.", examples=[None]
    )
    facts: dict[str, str | int | list[str]] = Field(
        description="What of the message is no fixed text: queues, models, names and so on.", examples=[{}]
    )


class HealthAnswer(AnswerBody):
    """Everything works."""

    status: Literal["ok"] = "ok"
    version: str = Field(examples=["0.1.0"])
    commit: str | None = Field(examples=["378b16b"])
    checks: list[FindingBody]
