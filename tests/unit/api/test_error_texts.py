"""The web app has words, in each of its languages, for every code and reason that the API refuses with."""

import re
from pathlib import Path

import pytest

import lumiku
from lumiku.api.error_codes import ANSWERS, FAILURES
from support.refusals import PACKAGES, refusals

SOURCES = Path(lumiku.__file__).parent
CATALOGUES = SOURCES.parents[1] / "frontend" / "src" / "i18n"


def answered_reasons() -> set[str]:
    """Reasons of classes, and those that are given where something is raised."""
    of_classes = {each.reason for package in PACKAGES for each in refusals(package) if each.reason}
    texts = (path.read_text(encoding="utf-8") for name in PACKAGES for path in (SOURCES / name).rglob("*.py"))
    return of_classes | {reason for text in texts for reason in re.findall(r'\breason="([A-Z_]+)"', text)}


def told(language: str, section: str) -> dict[str, str]:
    """The entries of a part of a catalogue."""
    text = (CATALOGUES / language / "errors.ts").read_text(encoding="utf-8")
    _, found, rest = text.partition(f"  {section}: {{\n")
    assert found
    part = rest.partition("\n  }")[0]
    return dict(re.findall(r"^    ([A-Z_]+):\s+'([^\n]+)',$", part, re.MULTILINE))


@pytest.mark.parametrize("language", ["en", "id"])
def test_every_code_and_reason_has_a_text(language: str) -> None:
    assert {*ANSWERS, *FAILURES} - set(told(language, "byCode")) == set()
    assert answered_reasons() == set(told(language, "byReason"))


def test_both_languages_say_the_same_things_and_not_in_the_same_words() -> None:
    for section in ("byCode", "byReason"):
        english, indonesian = told("en", section), told("id", section)
        assert set(english) == set(indonesian)
        assert [name for name, text in english.items() if indonesian[name] == text] == []


def test_the_lists_would_notice_one_that_is_new() -> None:
    assert {"PASSWORD_TOO_SHORT", "LINK_UNUSABLE"} <= answered_reasons()
    assert "FILE_EXPIRED" in told("id", "byCode")
    assert "NEW_CODE" not in told("en", "byCode")
