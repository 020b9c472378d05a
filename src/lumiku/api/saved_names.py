"""Names that files are saved as: safe on every system, as long as a file system takes, their endings kept."""

import re
from typing import Final

_MAX_BYTES: Final = 255  # of UTF-8: what ext4, APFS and most others take; Windows counts less strictly
_MAX_ENDING: Final = 17
_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f"\\/:*?<>|]')
_RESERVED: Final = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}
)


def safe_name(filename: str) -> str:
    """A name that no system takes for a path, a device or a hidden file, and that any can hold."""
    return _cut(_clean(filename), "")


def ending_of(name: str) -> str:
    """Its ending with the dot; empty where it has none that looks like one."""
    ending = name.rpartition(".")[2]
    fits = len(ending) < _MAX_ENDING and ending.isascii() and ending.isalnum()
    return f".{ending}" if "." in name and fits else ""


class DistinctNames:
    """File names that differ on every system, whatever it makes of capitals.

    Args:
        taken: names that are given already.
    """

    def __init__(self, *taken: str) -> None:
        self._taken = {each.casefold() for each in taken}
        self._last: dict[str, int] = {}  # so that 500 of one name are not 500 searches

    def new(self, wanted: str) -> str:
        """The wanted name made safe, with a number where another has it."""
        name = _clean(wanted)
        if name.rpartition(".")[0].casefold() in _RESERVED:
            name = f"_{name}"
        found = _cut(name, "")
        plain = found.casefold()
        number = self._last.get(plain, 1)
        while found.casefold() in self._taken:
            number += 1
            found = _cut(name, f" ({number})")
        self._last[plain] = number
        self._taken.add(found.casefold())
        return found


def _clean(filename: str) -> str:
    whole = filename.encode("utf-8", "replace").decode()
    return _UNSAFE.sub("_", whole).strip(" .") or "file"


def _cut(name: str, mark: str) -> str:
    """The name with the mark before its ending; what is too much goes from the end of its stem."""
    ending = ending_of(name)
    stem = name.removesuffix(ending).encode()
    room = _MAX_BYTES - len(mark) - len(ending)
    if len(stem) > room:  # never half a character, nor blanks that Windows would drop
        stem = stem[:room].decode("utf-8", "ignore").rstrip(" .").encode()
    return f"{stem.decode()}{mark}{ending}"
