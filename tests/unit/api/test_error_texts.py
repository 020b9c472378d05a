"""The web app has words, in each of its languages, for every code and reason that the API refuses with."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

import lumiku
from lumiku.api.errors import bare_envelope, status_of
from lumiku.core.errors import LumikuError
from lumiku.removals.process import FAILED

SOURCES = Path(lumiku.__file__).parent
CATALOGUES = SOURCES.parents[1] / "frontend" / "src" / "i18n"
# Whose errors can reach whoever calls the API.
PACKAGES = (
    *("core", "accounts", "api", "credits", "health", "intake", "mail", "payments", "pricing", "queue"),
    *("removals", "storage", "subscriptions", "webhooks"),
)
# Of commands and of models that are chosen by settings: no request names one.
NEVER_ANSWERED = {"MAIL_REFUSED"}


def refusals(package: str) -> Iterator[type[LumikuError]]:
    """The classes of errors that a package defines."""
    found = importlib.import_module(f"lumiku.{package}")
    for module in pkgutil.walk_packages(found.__path__, f"{found.__name__}."):
        for each in vars(importlib.import_module(module.name)).values():
            if isinstance(each, type) and issubclass(each, LumikuError) and each.__module__ == module.name:
                yield each


def answered_codes() -> set[str]:
    """Codes of answers below 500, of the framework's own, of what a picture may fail with, and of outages."""
    classes = [each for package in PACKAGES for each in refusals(package)]
    codes = {each.code for each in classes if status_of(each.__new__(each)) < 500}
    codes |= {bare_envelope(status, "")[0] for status in HTTPStatus if status >= 400}
    codes |= {"UNKNOWN_FOREGROUND", FAILED, "MIGRATION_PENDING", "QUEUE_FULL"}
    codes |= {
        "INVALID_FILE_TYPE",
        "UNREADABLE_IMAGE",
        "FILE_TOO_LARGE",
        "IMAGE_TOO_LARGE",
        "DEADLINE_EXCEEDED",
    }
    return codes - NEVER_ANSWERED


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
    assert answered_codes() - set(told(language, "byCode")) == set()
    assert answered_reasons() == set(told(language, "byReason"))


def test_both_languages_say_the_same_things_and_not_in_the_same_words() -> None:
    for section in ("byCode", "byReason"):
        english, indonesian = told("en", section), told("id", section)
        assert set(english) == set(indonesian)
        assert [name for name, text in english.items() if indonesian[name] == text] == []


def test_the_lists_would_notice_one_that_is_new() -> None:
    assert {"QUEUE_FULL", "LINK_EXPIRED", "METHOD_NOT_ALLOWED", "TIER_NOT_ALLOWED"} <= answered_codes()
    assert {"PASSWORD_TOO_SHORT", "LINK_UNUSABLE"} <= answered_reasons()
    assert "FILE_EXPIRED" in told("id", "byCode")
    assert "NEW_CODE" not in told("en", "byCode")
