"""What strangers' browsers may write into the log about the web app: few lines, and no words of theirs."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

_WINDOW: Final = timedelta(minutes=10)
_MOST_LINES: Final = 60  # in a window, whoever sends them and whatever they say
_LONGEST: Final = 200
# What stands in an error's words and is somebody's: the first that fits is replaced.
_THEIRS: Final = (
    (re.compile(r"\b(data|blob):\S+"), r"\1:…"),
    (
        re.compile(r"(?<=\S)[?#][^\s\"'<>)=]*=[^\s\"'<>)]*"),
        "?…",
    ),  # the query of an address, with what signs it
    (re.compile(r"[^\s\"'/\\(]+\.(jpe?g|png|webp|avif|hei[cf]|tiff?|gif|bmp|zip)\b", re.IGNORECASE), r"*.\1"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "…@…"),
    (re.compile(r"(?=[\w+/=-]*\d)[\w+=-]{20,}"), "…"),  # ids, hashes, keys
)


@dataclass(frozen=True, slots=True)
class Noted:
    """A report that becomes a line.

    Attributes:
        count: how often it happened in this window, as far as this process was told.
        left_out: reports since the last line that became none.
    """

    count: int
    left_out: int


class BrowserFailures:
    """Each failure once, and again at each tenfold, within a window; beyond so many lines, none."""

    def __init__(self, most_lines: int = _MOST_LINES) -> None:
        """Nothing was told yet."""
        self._most_lines = most_lines
        self._began: datetime | None = None
        self._counts: Counter[tuple[str, ...]] = Counter()
        self._lines = self._left_out = 0

    def note(self, key: tuple[str, ...], count: int, now: datetime) -> Noted | None:
        """Count a failure; None where it makes no line."""
        if self._began is None or now - self._began >= _WINDOW:
            self._began, self._lines = now, 0
            self._counts.clear()
        room = self._lines < self._most_lines
        if not room and key not in self._counts:  # nor do unheard-of ones take memory
            self._left_out += 1
            return None
        before = self._counts[key]
        self._counts[key] = total = before + count
        if room and (before == 0 or len(str(total)) > len(str(before))):
            noted = Noted(total, self._left_out)
            self._lines, self._left_out = self._lines + 1, 0
            return noted
        self._left_out += 1
        return None


def cleaned(said: str) -> str:
    """An error's words in one short printable line, without what is only somebody's.

    Addresses lose their queries; names of pictures, mail addresses and what looks like a key go.
    """
    for pattern, instead in _THEIRS:
        said = pattern.sub(instead, said)
    shown = "".join(
        each if each.isprintable() else each.encode("unicode_escape", "surrogatepass").decode()
        for each in said[: 2 * _LONGEST]
    )
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"
