"""What the web app is told at its start, and what it tells when it fails."""

from typing import Annotated

from pydantic import Field, StringConstraints

from lumiku.api.schemas.accounts import UserBody
from lumiku.api.schemas.base import AnswerBody, RequestBody

# Names and places of our own code; nothing that a person typed fits these patterns by chance for long.
Route = Annotated[str, StringConstraints(max_length=80, pattern=r"^/[a-z/:?-]*$")]
Name = Annotated[str, StringConstraints(max_length=60, pattern=r"^[A-Za-z][A-Za-z0-9_.-]*$")]
Frame = Annotated[str, StringConstraints(max_length=120, pattern=r"^[A-Za-z0-9_./-]+:\d{1,7}:\d{1,7}$")]


class LimitsBody(AnswerBody):
    """What one request may bring."""

    max_bytes: int = Field(description="Of one picture.", examples=[26_214_400])
    max_pixels: int = Field(description="Of one picture.", examples=[50_000_000])
    max_batch_images: int = Field(examples=[500])
    max_batch_bytes: int = Field(examples=[2_147_483_648])


class StartAnswer(AnswerBody):
    """This server, and who is logged in."""

    version: str = Field(examples=["0.1.0"])
    open: bool = Field(description="One person's own server, without accounts and credits.")
    registration_open: bool = Field(description="Whether anybody may make an account.", examples=[True])
    mail: bool = Field(description="Whether it sends mails, such as for a forgotten password.")
    welcome_credits: int = Field(description="What a new account is given.", examples=[100])
    user: UserBody | None = Field(description="Null where nobody is logged in.")
    limits: LimitsBody


class BrowserFailure(RequestBody):
    """An error that nobody caught."""

    kind: Name = Field(description="The class of the error.", examples=["TypeError"])
    said: str = Field(
        default="",
        max_length=500,
        description="Its message; the log has it without addresses' queries, names of files and keys.",
        examples=["x is not a function"],
    )
    route: Route = Field(
        description="The pattern of the page's address.", examples=["/apps/background-remover/single/:id?"]
    )
    version: Name = Field(description="Of the server that the page was opened from.", examples=["v0.1.0"])
    build: Name = Field(description="The web app's first file, as built.", examples=["first-Zk3x9QwT.js"])
    count: int = Field(ge=1, le=1000, description="How often, since it was told last.", examples=[1])
    frames: list[Frame] = Field(
        max_length=12,
        description="Where it happened, innermost first: file of ours, line, column.",
        examples=[["single-Zk3x9QwT.js:1:2301"]],
    )
