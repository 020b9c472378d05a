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
