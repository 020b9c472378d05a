"""What strangers can have written into the log: how much, and which of their words."""

from datetime import UTC, datetime, timedelta

import pytest

from lumiku.api.browser_failures import BrowserFailures, Noted, cleaned

NOW = datetime(2026, 11, 29, tzinfo=UTC)
KEY = ("TypeError", "first.js", "Single.js:1:2")


def test_each_failure_once_and_at_each_tenfold() -> None:
    failures = BrowserFailures()
    noted = [failures.note(KEY, 1, NOW) for _ in range(1000)]
    lines = {place: each for place, each in enumerate(noted, 1) if each is not None}
    assert lines == {1: Noted(1, 0), 10: Noted(10, 8), 100: Noted(100, 89), 1000: Noted(1000, 899)}
    assert failures.note((*KEY, "another"), 1, NOW) == Noted(1, 0)


def test_nobody_writes_more_than_so_many_lines_whatever_they_say() -> None:
    failures = BrowserFailures(most_lines=5)
    noted = [failures.note((str(number),), 1000, NOW) for number in range(10_000)]
    assert sum(each is not None for each in noted) == 5
    assert len(failures._counts) == 5  # nor do they fill the memory
    assert failures.note(KEY, 1, NOW + timedelta(minutes=9)) is None
    assert failures.note(KEY, 1, NOW + timedelta(minutes=10)) == Noted(1, 9996)


@pytest.mark.parametrize(
    ("said", "line"),
    [
        (
            "Cannot read properties of undefined (reading 'map')",
            "Cannot read properties of undefined (reading 'map')",
        ),
        ("x?.y is not a function? No", "x?.y is not a function? No"),
        ("got /shared/a?filename=b&signature=c not that", "got /shared/a?… not that"),
        (
            "at https://cut.example/reset-password#token=abc now",
            "at https://cut.example/reset-password?… now",
        ),
        ("no cat-of-ada.JPG here", "no *.JPG here"),
        ("'blob:https://cut.example/1' of data:image/png;base64,AA", "'blob:… of data:…"),
        ("by ada+x@example.co.id", "by …@…"),
        ("job 01938f7e-8a0b-7c3d-9e1f-a0b1c2d3e4f5 gone", "job … gone"),
        ("one\r\ntwo\x1b[31m\u202e\u2028\x00", r"one\r\ntwo\x1b[31m\u202e\u2028\x00"),
        ("x" * 500, "x" * 199 + "…"),
        ("\x00" * 500, "\\x00" * 49 + "\\x0…"),
        ("", ""),
    ],
)
def test_words_are_one_short_line_without_what_is_somebodys(said: str, line: str) -> None:
    assert cleaned(said) == line
