"""Batches whose files are put one by one."""

from typing import Annotated

from pydantic import Field, StrictInt, StringConstraints

from lumiku.api.schemas.base import AnswerBody, RequestBody
from lumiku.api.schemas.options import OptionsBody
from lumiku.api.schemas.pricing import PaymentChoice

FileName = Annotated[str, StringConstraints(max_length=255, pattern=r"^[^\x00-\x1f\x7f]*$")]
BatchName = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


class DeclaredFile(RequestBody):
    """A picture that will be put."""

    name: FileName = Field(examples=["cat.jpg"])
    size: Annotated[StrictInt, Field(ge=0, le=2**40)] | None = Field(
        default=None, description="In bytes, where it is known.", examples=[345_678]
    )


class DeclareRequest(OptionsBody):
    """A batch that is to come: its files, in their places, and what is wanted of all of them."""

    files: list[DeclaredFile] = Field(min_length=1, max_length=500)
    name: BatchName = ""
    payment: PaymentChoice = "auto"


class StartRequest(RequestBody):
    """How to start."""

    skip_missing: bool = Field(
        default=False, description="Cancel the places without a file, instead of refusing to start."
    )
    max_credits: Annotated[StrictInt, Field(ge=0, le=2**40)] | None = Field(
        default=None, description="Refuse, with PRICE_CHANGED, where it costs more by now."
    )


class PutAnswer(AnswerBody):
    """The file of one place is here."""

    position: int
    name: str
    size: int = Field(description="In bytes.")
    width: int
    height: int
    format: str = Field(examples=["jpeg"])
