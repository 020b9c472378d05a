"""Apps as the API shows them."""

from pydantic import Field

from lumiku.api.schemas.base import AnswerBody


class AppBody(AnswerBody):
    """One app."""

    id: str = Field(examples=["background-remover"])
    name: str = Field(examples=["Background remover"])
    description: str
    path: str = Field(description="Where its page is.", examples=["/apps/background-remover"])


class AppsAnswer(AnswerBody):
    """All apps."""

    apps: list[AppBody]
