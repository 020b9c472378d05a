"""Dates and lengths that other people write into headers, the impossible ones too."""

from datetime import UTC, datetime

import pytest

from lumiku.core.http_headers import announces_more, parse_http_date, prefers

FAR = "9" * 20
NO_DATES = {
    "nothing": "",
    "a word": "yesterday",
    "day 99": "Mon, 99 Jan 2026 00:00:00 GMT",
    "a year of twenty digits": f"Mon, 01 Jan {FAR} 00:00:00 GMT",
    "a day of twenty digits": f"Mon, {FAR} Jan 2026 00:00:00 GMT",
    "an hour of twenty digits": f"Mon, 01 Jan 2026 {FAR}:00:00 GMT",
    "a zone of twenty digits": f"Mon, 01 Jan 2026 00:00:00 +{FAR}99",
    "a zone of nine days": "Mon, 01 Jan 2026 00:00:00 -21600",
    "more digits than Python reads": f"Mon, 01 Jan {'9' * 5000} 00:00:00 GMT",
}


@pytest.mark.parametrize("text", ["Mon, 05 Jan 2026 10:20:30 GMT", "Mon, 05 Jan 2026 12:20:30 +0200"])
def test_a_date_is_a_moment_whatever_its_zone(text: str) -> None:
    assert parse_http_date(text) == datetime(2026, 1, 5, 10, 20, 30, tzinfo=UTC)


def test_a_date_without_a_zone_is_in_utc() -> None:
    assert parse_http_date("Mon, 05 Jan 2026 10:20:30 -0000") == datetime(2026, 1, 5, 10, 20, 30, tzinfo=UTC)


@pytest.mark.parametrize("name", NO_DATES)
def test_what_is_no_date_is_none_and_no_failure(name: str) -> None:
    assert parse_http_date(NO_DATES[name]) is None


@pytest.mark.parametrize(
    ("said", "more"), [("11", True), ("10", False), ("", False), ("-11", False), ("x", False)]
)
def test_only_a_length_that_is_one_and_greater_is_more(said: str, more: bool) -> None:
    assert announces_more(said, 10) == more


def test_a_length_of_more_digits_than_python_reads_is_more() -> None:
    assert announces_more("9" * 5000, 10)


@pytest.mark.parametrize(
    ("accept", "page"),
    [
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", True),
        ("text/html", True),
        ("text/*", True),
        ("TEXT/HTML ; Q=0.9, application/json;q=0.8", True),
        ("", False),
        ("*/*", False),
        ("application/json", False),
        ("application/json, text/html;q=0.9", False),
        ("image/avif,image/webp,*/*;q=0.8", False),
        ("text/html;q=0, */*", False),
        ("text/html;q=nan", False),
        ("text/html;q=-1", False),
        ("text/htmlx", False),
    ],
)
def test_who_wants_a_page(accept: str, page: bool) -> None:
    assert prefers(accept, "text/html", "application/json") is page
