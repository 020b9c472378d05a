"""Health as the API shows it."""

from typing import Literal

from pydantic import Field

from lumiku.api.schemas.base import AnswerBody


class AliveAnswer(AnswerBody):
    """The process runs and answers."""

    status: Literal["ok"] = "ok"


class FindingBody(AnswerBody):
    """One check's result."""

    name: str = Field(examples=["database"])
    status: Literal["ok", "failed"] = Field(examples=["ok"])
    message: str = Field(examples=["answers"])
    ms: float = Field(examples=[0.8])


class HealthAnswer(AnswerBody):
    """Everything works."""

    status: Literal["ok"] = "ok"
    version: str = Field(examples=["0.1.0"])
    commit: str | None = Field(examples=["378b16b"])
    checks: list[FindingBody]
