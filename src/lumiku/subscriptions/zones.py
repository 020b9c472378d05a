"""Calendar days and months in a zone: where a quota's day begins, and where a paid month ends."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@cache
def zone_of(name: str) -> tzinfo:
    """The zone that the IANA database calls so.

    Raises:
        ValueError: there is none.
    """
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"there is no zone {name!r}; they are called such as Asia/Jakarta") from error


def day_of(moment: datetime, zone: str) -> date:
    """The calendar day of a moment there."""
    return moment.astimezone(zone_of(zone)).date()


def next_day_at(moment: datetime, zone: str) -> datetime:
    """When the day of a moment ends there, in UTC: the first moment of the next one, after `moment`."""
    midnight = datetime.combine(day_of(moment, zone) + timedelta(days=1), time(), zone_of(zone))
    begins = midnight.astimezone(UTC)
    if begins <= moment:  # clocks went back over midnight, so that there are two
        begins = midnight.replace(fold=1).astimezone(UTC)
    return begins


def add_months(anchor: datetime, months: int, zone: str) -> datetime:
    """The same day and time, so many months after `anchor`, in UTC; the month's last day where it is shorter.

    Args:
        anchor: whose day and time there count; from 31 January, 1 is 28 or 29 February, and 2 is 31 March.
        months: 0 or more.
        zone: whose calendar and clock. A time that its clocks leave out is as much later as they jump.
    """
    local = anchor.astimezone(zone_of(zone))
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    day = min(local.day, monthrange(year, month + 1)[1])
    return local.replace(year=year, month=month + 1, day=day).astimezone(UTC)
