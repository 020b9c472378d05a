"""The library's page names every error that the engine can raise, under its kind."""

import inspect
import re
from types import ModuleType

from lumiku.core import errors as kinds
from lumiku.core.errors import LumikuError
from lumiku.engine import errors as engine_errors
from support.markdown import ROOT

PAGE = (ROOT / "docs/how-to/library.md").read_text("utf-8")


def missing_codes(page: str, module: ModuleType) -> set[str]:
    rows = {row[1]: row[2] for row in re.finditer(r"^\| `(\w+)` \| ((?:`[A-Z_]+` ?)+)", page, re.M)}
    missing = set()
    for error in vars(module).values():
        if inspect.isclass(error) and issubclass(error, LumikuError) and error.__module__ == module.__name__:
            kind = next(each.__name__ for each in error.__mro__ if each.__module__ == kinds.__name__)
            if f"`{error.code}`" not in rows.get(kind, ""):
                missing.add(error.code)
    return missing


def test_every_error_is_in_the_table() -> None:
    assert missing_codes(PAGE, engine_errors) == set()


def test_a_missing_code_and_a_wrong_kind_are_found() -> None:
    assert missing_codes(PAGE.replace("`REMOTE_FAILED` ", ""), engine_errors) == {"REMOTE_FAILED"}
    assert "PICTURE_MISSING" in missing_codes(PAGE.replace("| `NotFound` |", "| `Conflict` |"), engine_errors)
