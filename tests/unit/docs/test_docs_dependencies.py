"""Decision 0006 has every package that is installed with Lumiku, under the licence that it states."""

import re
import tomllib
from importlib.metadata import metadata

from support.markdown import ROOT

PAGE = (ROOT / "docs/decisions/0006-dependencies.md").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=!~;\s]", each)[0] for each in requirements}


def rows(page: str) -> dict[str, str]:
    return dict(re.findall(r"^\| `([\w-]+)` \| ([^|]+) \|", page, re.M))


def undocumented(page: str, requirements: list[str]) -> set[str]:
    return names(requirements) - rows(page).keys()


def wrong_licences(page: str, requirements: list[str]) -> set[str]:
    """Packages that state an SPDX expression which their row does not start with."""
    wrong = set()
    for name in names(requirements) & rows(page).keys():
        stated = metadata(name).get("License-Expression")
        if stated and not rows(page)[name].startswith(stated):
            wrong.add(name)
    return wrong


def test_every_dependency_has_a_row_and_its_licence() -> None:
    assert undocumented(PAGE, PROJECT["dependencies"]) == set()
    assert wrong_licences(PAGE, PROJECT["dependencies"]) == set()


def test_every_extra_has_a_row() -> None:
    for requirements in PROJECT["optional-dependencies"].values():
        assert undocumented(PAGE, requirements) == set()


def test_a_missing_row_and_a_wrong_licence_are_found() -> None:
    wanted = ["pillow>=12.0", "leftpad; sys_platform == 'win32'"]
    assert undocumented(PAGE, wanted) == {"leftpad"}
    assert wrong_licences(PAGE.replace("MIT-CMU", "GPL-3.0"), wanted) == {"pillow"}
