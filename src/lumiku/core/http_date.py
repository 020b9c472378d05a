"""A moment in a header that somebody else wrote (RFC 9110, 5.6.7)."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def parse_http_date(text: str) -> datetime | None:
    """The moment, aware; None where the text is no date, or one that no calendar of ours reaches."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # the latter: a year or zone of twenty digits
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
