"""The language that a browser wants its page in, before any script of the page has run."""

import re
from typing import Final

from starlette.requests import Request

LANGUAGES: Final = ("en", "id")
LANGUAGE_COOKIE: Final = "lumiku-language"  # set by frontend/src/i18n/language.tsx

_WEIGHT: Final = re.compile(r";\s*q=([01](?:\.\d{0,3})?)\s*$", re.IGNORECASE)


def language_of(request: Request) -> str:
    """What the person chose in this browser, else what it asks for most of what we speak."""
    wanted = [request.cookies.get(LANGUAGE_COOKIE, "")]
    wanted += _asked_for(request.headers.get("accept-language", ""))
    return next((each for each in wanted if each in LANGUAGES), LANGUAGES[0])


def _asked_for(accepted: str) -> list[str]:
    """Languages of an Accept-Language header, the dearest first, without those that are not wanted."""
    weighed = []
    for each in accepted.split(","):
        told = _WEIGHT.search(each)
        weighed.append((float(told[1]) if told else 1.0, each.strip()[:2].lower()))
    return [tag for weight, tag in sorted(weighed, key=lambda pair: -pair[0]) if weight > 0]
