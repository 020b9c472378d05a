"""The language that a browser wants its page in, before any script of the page has run."""

from typing import Final

from starlette.requests import Request

LANGUAGES: Final = ("en", "id")
LANGUAGE_COOKIE: Final = "lumiku-language"  # set by frontend/src/i18n/language.tsx


def language_of(request: Request) -> str:
    """What the person chose in this browser, else the first that it asks for and we speak."""
    wanted = [request.cookies.get(LANGUAGE_COOKIE, "")]
    wanted += [tag.strip()[:2].lower() for tag in request.headers.get("accept-language", "").split(",")]
    return next((each for each in wanted if each in LANGUAGES), LANGUAGES[0])
