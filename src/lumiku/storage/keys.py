"""Names of stored files: a kind, the day, 256 random bits and an extension."""

import re
import secrets
from datetime import datetime
from typing import Final, Literal, get_args

from lumiku.storage.errors import BadKey

Kind = Literal["uploads", "outputs", "thumbnails", "mattes", "zips"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

_KEY = re.compile(
    r"(uploads|outputs|thumbnails|mattes|zips)/20\d\d/[01]\d/[0-3]\d/[A-Za-z0-9_-]{43}\.[a-z0-9]{2,5}",
    re.ASCII,
)
_UNFINISHED = re.compile(_KEY.pattern + r"#\d+", re.ASCII)  # what a folder has until a write is done


def new_key(kind: Kind, extension: str, now: datetime) -> str:
    """A key that nobody can guess, and that sorts by day.

    Args:
        kind: what is stored; also the folder.
        extension: without a dot.
        now: the day; aware.
    """
    return check_key(f"{kind}/{now:%Y/%m/%d}/{secrets.token_urlsafe(32)}.{extension}")


def check_key(key: str) -> str:
    """Give the key back if it has the form of ours, so that no path of a stranger's reaches the store.

    Raises:
        BadKey: it has another form.
    """
    if not is_key(key):
        raise BadKey("that is no key of a stored file")
    return key


def is_key(name: str) -> bool:
    """Whether a stored file's name has the form of our keys."""
    return _KEY.fullmatch(name) is not None


def is_unfinished(name: str) -> bool:
    """Whether a file of a folder is what a write to one of our keys has not finished."""
    return _UNFINISHED.fullmatch(name) is not None


def kind_of(key: str) -> Kind:
    """The kind that a key begins with."""
    found: Kind = check_key(key).partition("/")[0]  # type: ignore[assignment]
    return found
