"""Days and months in every zone: a day ends where the next begins, and months keep their anchor's day."""

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumiku.subscriptions.zones import add_months, day_of, next_day_at, zone_of

ZONES = st.sampled_from(
    sorted(
        zone for zone in available_timezones() if "/" in zone and not zone.startswith(("posix/", "right/"))
    )
)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))
LEAST = timedelta(microseconds=1)


@given(MOMENTS, ZONES)
def test_a_day_ends_when_the_next_one_begins(moment: datetime, zone: str) -> None:
    ends = next_day_at(moment, zone)
    assert moment < ends <= moment + timedelta(hours=50)  # Apia left a day out
    assert day_of(ends, zone) > day_of(moment, zone)
    assert day_of(ends - LEAST, zone) <= day_of(moment, zone)


@given(MOMENTS, ZONES, st.integers(1, 36))
def test_months_keep_the_day_and_time_of_their_anchor(anchor: datetime, zone: str, months: int) -> None:
    end = add_months(anchor, months, zone)
    start, there = anchor.astimezone(zone_of(zone)), end.astimezone(zone_of(zone))
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    expected = start.replace(
        year=year, month=month + 1, day=min(start.day, monthrange(year, month + 1)[1]), tzinfo=None
    )
    # A time that the clocks leave out is later; else it is the very same on the wall.
    assert timedelta(0) <= there.replace(tzinfo=None) - expected <= timedelta(days=1)
    assert add_months(anchor, months - 1, zone) < end


@pytest.mark.parametrize(
    ("anchor", "zone", "ends"),
    [
        ("2026-01-31T10:00", "UTC", ["2026-02-28T10:00", "2026-03-31T10:00", "2026-04-30T10:00"]),
        ("2028-01-31T10:00", "UTC", ["2028-02-29T10:00", "2028-03-31T10:00"]),
        ("2024-02-29T00:00", "UTC", ["2024-03-29T00:00", "2024-04-29T00:00"]),
        ("2026-01-30T17:30", "Asia/Jakarta", ["2026-02-27T17:30", "2026-03-30T17:30"]),  # the 31st there
        ("2026-02-10T15:00", "America/New_York", ["2026-03-10T14:00"]),  # 10:00 there, before and after
        ("2027-12-31T23:59", "UTC", ["2028-01-31T23:59", "2028-02-29T23:59"]),
    ],
)
def test_ends_of_months(anchor: str, zone: str, ends: list[str]) -> None:
    start = datetime.fromisoformat(anchor).replace(tzinfo=UTC)
    found = [add_months(start, number, zone) for number in range(1, len(ends) + 1)]
    assert [each.replace(tzinfo=None).isoformat(timespec="minutes") for each in found] == ends


@pytest.mark.parametrize(
    ("moment", "zone", "ends"),
    [
        ("2026-11-28T16:59:59", "Asia/Jakarta", "2026-11-28T17:00"),
        ("2026-11-28T17:00:00", "Asia/Jakarta", "2026-11-29T17:00"),
        ("2026-03-08T05:00:00", "America/New_York", "2026-03-09T04:00"),  # of 23 hours
        ("2026-11-01T04:00:00", "America/New_York", "2026-11-02T05:00"),  # of 25
    ],
)
def test_midnights(moment: str, zone: str, ends: str) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert next_day_at(at, zone) == datetime.fromisoformat(ends).replace(tzinfo=UTC)


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "/etc/localtime", "Asia"])
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no zone"):
        zone_of(name)
    assert zone_of("Asia/Jakarta") is not None
