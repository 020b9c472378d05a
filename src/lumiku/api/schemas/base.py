"""What all bodies share: camelCase names, nothing unknown in a request, text that a database can hold."""

import re
from typing import Annotated, Any, Final

from fastapi import Query
from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
)
from pydantic.alias_generators import to_camel

from lumiku.api.error_codes import ANSWERS
from lumiku.core.page import MAX_LIMIT

_DATE_AND_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]")

# One line without control characters; U+0000, which PostgreSQL cannot store, is among them.
Line = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")]


def _written_out(value: object) -> object:
    """Pydantic alone would take a number for seconds since 1970."""
    if isinstance(value, str) and not _DATE_AND_TIME.match(value):
        raise ValueError("write a date and time with its zone, such as 2026-11-24T12:00:00Z")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_written_out)]


class RequestBody(BaseModel):
    """A body that we read: unknown fields are an error, so that a misspelt one is not overlooked."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_alias=True, validate_by_name=False, extra="forbid", frozen=True
    )


class AnswerBody(BaseModel):
    """A body that we write."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_alias=False,
        validate_by_name=True,
        from_attributes=True,
        serialize_by_alias=True,
        frozen=True,
    )


class ErrorFacts(BaseModel):
    """What went wrong, for programs and for people."""

    code: str = Field(
        description="Stable; compare this. `x-extensible-enum` has all there are.",
        json_schema_extra={"x-extensible-enum": list[JsonValue](ANSWERS)},
    )
    message: str = Field(description="One line for people; may change.")
    details: dict[str, Any] = Field(description="Facts about this case; empty in a 5xx.")
    request_id: str = Field(
        alias="requestId", description="The same as in the X-Request-Id header and the log."
    )


class ErrorBody(BaseModel):
    """Every error answer."""

    error: ErrorFacts


class Pagination(AnswerBody):
    """Where a list's page lies in the whole."""

    page: int = Field(examples=[1])
    limit: int = Field(examples=[20])
    total: int = Field(examples=[1])
    pages: int = Field(examples=[1])

    @classmethod
    def of(cls, *, page: int, limit: int, total: int) -> "Pagination":
        """Of a list of `total` items; an empty list has no pages."""
        return cls(page=page, limit=limit, total=total, pages=-(-total // limit))


PageNumber = Annotated[int, Query(ge=1, le=1_000_000, description="From 1.")]
PageLimit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many a page holds.")]
