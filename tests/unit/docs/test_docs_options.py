"""The page of options has every option, with its default first, and every preset."""

import re
from dataclasses import fields

from lumiku.engine.options import Options
from lumiku.engine.presets import PRESETS
from support.markdown import ROOT

PAGE = (ROOT / "docs/how-to/options.md").read_text("utf-8")
WRITTEN = {"True": "on", "False": "off", "None": ""}


def rows(page: str) -> dict[str, str]:
    found = re.findall(r"^\| `([\w-]+)` \| ([^|]*) \|", page, re.M)
    return dict(reversed(found))  # the first counts: a later table may speak of an option's values


def wrong(page: str) -> set[str]:
    """Options without a row, or whose row begins with another default."""
    found = rows(page)
    defaults = {field.name: str(field.default) for field in fields(Options)}
    return {
        name
        for name, default in defaults.items()
        if name not in found or not found[name].startswith(WRITTEN.get(default, f"`{default}`"))
    }


def test_every_option_and_preset_has_its_row() -> None:
    assert wrong(PAGE) == set()
    assert rows(PAGE).keys() >= PRESETS.keys()


def test_missing_rows_and_wrong_defaults_are_found() -> None:
    page = PAGE.replace("| `crop` |", "| `cropped` |").replace("`90`; 1 to 100", "`85`; 1 to 100")
    page = page.replace("| `background_blur` |", "| `blur` |").replace("| `etsy` |", "| `etzy` |")
    assert wrong(page) == {"crop", "quality", "background_blur"}
    assert PRESETS.keys() - rows(page).keys() == {"etsy"}
