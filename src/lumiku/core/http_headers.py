"""What headers say that somebody else wrote: anything may stand there."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def parse_http_date(text: str) -> datetime | None:
    """The moment, aware (RFC 9110, 5.6.7); None where it is no date, or one beyond all calendars."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # the latter: a year or zone of twenty digits
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def announces_more(content_length: str, than_bytes: int) -> bool:
    """Whether a Content-Length is one, and a greater one."""
    return content_length.isdecimal() and int(content_length[:20]) > than_bytes


def prefers(accept: str, one: str, other: str) -> bool:
    """Whether an Accept header (RFC 9110, 12.5.1) asks for the media type `one` rather than for `other`."""
    return _quality(accept, one) > _quality(accept, other)


def _quality(accept: str, media_type: str) -> float:
    """0 to 1; the most exact range of the header that the type is in counts."""
    ranges = ("*/*", f"{media_type.partition('/')[0]}/*", media_type)
    best = (-1, 0.0)
    for part in accept.split(","):
        named, *parameters = (each.strip().lower() for each in part.split(";"))
        if named not in ranges:
            continue
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                quality = _share(parameter[2:])
        best = max(best, (ranges.index(named), quality))
    return best[1]


def _share(text: str) -> float:
    whole, _, part = text.partition(".")
    if whole not in {"0", "1"} or not (part == "" or (part.isascii() and part.isdecimal())):
        return 0.0
    return min(float(text[:8]), 1.0)
