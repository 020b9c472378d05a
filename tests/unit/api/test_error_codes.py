"""The table of codes has every code that the program can answer with, and the reference shows the table."""

from http import HTTPStatus

from lumiku.api.app import assemble
from lumiku.api.error_codes import ANSWERS, FAILURES
from lumiku.api.errors import NotReady, bare_envelope, status_of
from lumiku.core.errors import Gone
from lumiku.core.settings import HttpSettings
from lumiku.engine.errors import (
    DeadlineExceeded,
    FileTooLarge,
    ImageTooLarge,
    InvalidFileType,
    LicenceNotAccepted,
    UnknownModel,
    UnreadableImage,
)
from lumiku.removals.engine import may_pass
from lumiku.removals.process import FAILED, NO_SUBJECT, UNPAID
from lumiku.storage.errors import FileMissing
from support.markdown import ROOT
from support.refusals import PACKAGES, refusals

PAGE = (ROOT / "docs/reference/http-api.md").read_text("utf-8")
# Of the engine, what a picture is refused with before it is taken on.
OF_PICTURES = (FileTooLarge, ImageTooLarge, InvalidFileType, UnreadableImage)
# Only what derives from it is raised.
KINDS = {Gone}


def answered() -> dict[str, set[int]]:
    """Codes of answers with their statuses, as the classes of errors and the framework have them."""
    found: dict[str, set[int]] = {}
    classes = [each for package in PACKAGES for each in refusals(package) if each not in KINDS]
    for each in (*classes, *OF_PICTURES):
        status = status_of(each.__new__(each))
        # Any other fault of ours, and any other outage, is told by one code.
        if status < 500 or issubclass(each, NotReady):
            found.setdefault(each.code, set()).add(status)
    for status in (HTTPStatus.METHOD_NOT_ALLOWED, 422, 500, 503):
        found.setdefault(bare_envelope(status, "")[0], set()).add(int(status))
    return found


def failures() -> set[str]:
    """Codes that processing can end a picture with."""
    final = {each.code for each in refusals("engine") if not may_pass(each.__new__(each))}
    return final | {FAILED, NO_SUBJECT, UNPAID, FileMissing.code}


def missing(page: str) -> set[str]:
    """Codes without a row of their own."""
    return {name for name in {*ANSWERS, *FAILURES} if f"\n| `{name}` |" not in page}


def test_the_table_has_every_code_with_its_statuses_and_no_other() -> None:
    found = answered()
    assert set(ANSWERS) == set(found)
    assert [name for name, statuses in found.items() if not statuses <= set(ANSWERS[name].statuses)] == []
    assert set(FAILURES) == failures()


def test_the_reference_and_the_description_name_every_code() -> None:
    assert missing(PAGE) == set()
    schemas = assemble(HttpSettings()).openapi()["components"]["schemas"]
    assert schemas["ErrorFacts"]["properties"]["code"]["x-extensible-enum"] == [*ANSWERS]
    assert schemas["JobErrorBody"]["properties"]["code"]["x-extensible-enum"] == [*FAILURES]


def test_a_code_that_is_new_or_not_told_is_found() -> None:
    assert {"QUEUE_FULL", "LINK_EXPIRED", "METHOD_NOT_ALLOWED", "TIER_NOT_ALLOWED"} <= set(answered())
    assert missing(PAGE.replace("| `TOO_MANY_WEBHOOKS` |", "|")) == {"TOO_MANY_WEBHOOKS"}
    assert {LicenceNotAccepted.code, UnknownModel.code, DeadlineExceeded.code} <= failures()
