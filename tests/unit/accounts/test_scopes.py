"""The scopes that pages name are those that exist."""

import re
from pathlib import Path

from lumiku.accounts.model import SCOPES, USER_SCOPES, Caller
from lumiku.core.ids import new_id

PAGE = Path(__file__).parents[3] / "docs/how-to/accounts.md"


def test_the_page_lists_every_scope() -> None:
    table = PAGE.read_text().split("| scope | allows |")[1].split("\n\n")[0]
    assert re.findall(r"^\| `([\w:]+)`", table, re.MULTILINE) == list(SCOPES)


def test_only_administrators_have_the_scope_admin() -> None:
    assert frozenset(SCOPES) - USER_SCOPES == {"admin"}


def test_a_caller_shows_no_hash() -> None:
    caller = Caller(new_id(), "user", "session", USER_SCOPES, csrf_hash=b"hush")
    assert "hush" not in repr(caller)
