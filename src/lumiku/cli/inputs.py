"""From the arguments to pictures: files, patterns, folders, addresses and standard input."""

import glob
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Literal
from urllib.parse import unquote, urlsplit

from lumiku.cli.errors import NotReadable, UsageFault
from lumiku.core.errors import LumikuError

STDIN = "-"
_PATTERN = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Source:
    """One picture that was asked for; whether it is there shows when it is read.

    Attributes:
        name: as given, or its path below the folder given.
        kind: where it comes from.
        file_name: last part of its name, without slashes.
        problem: what keeps us from even trying.
    """

    name: str
    kind: Literal["file", "stdin", "url"]
    file_name: str
    problem: LumikuError | None = None

    @property
    def path(self) -> Path:
        """The file; only for kind "file"."""
        return Path(self.name)


@dataclass(frozen=True, slots=True)
class Listing:
    """Pictures that lie side by side, so that their results' names could collide.

    Attributes:
        root: the folder given, or None for pictures named one by one.
        below: where they lie below `root`.
        sources: in the order of their names.
    """

    root: Path | None
    below: Path
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments, sorted: pictures named one by one (also by pattern), and folders."""

    pictures: tuple[Source, ...]
    folders: tuple[Path, ...]

    @property
    def is_single(self) -> bool:
        """Whether one picture was named and nothing else."""
        return len(self.pictures) == 1 and not self.folders


def sort_arguments(arguments: Sequence[str]) -> Arguments:
    """Tell files, folders, addresses and standard input apart, and resolve patterns that no shell resolved.

    Raises:
        UsageFault: an empty argument.
    """
    pictures: dict[str, Source] = {}
    folders: dict[Path, None] = {}
    for argument in arguments:
        if not argument:
            raise UsageFault("An input is an empty text.")
        for name in _resolve_pattern(argument):
            if name == STDIN:
                pictures[name] = Source(name, "stdin", "stdin")
            elif name.lower().startswith(("http://", "https://")):
                pictures[name] = Source(name, "url", _name_in_url(name))
            elif os.path.isdir(name):  # noqa: PTH112  a name too long is no folder, not an error
                folders[Path(name)] = None
            else:
                pictures.setdefault(os.path.abspath(name), Source(name, "file", Path(name).name))  # noqa: PTH100
    return Arguments(tuple(pictures.values()), tuple(folders))


def list_pictures(
    folder: Path, *, recursive: bool = True, leave_out: Path | None = None
) -> Iterator[Listing]:
    """Walk a folder: pictures by their extension, sorted, hidden files and folders left out.

    Links to folders are followed, and a folder that was seen before is not entered again.

    Args:
        folder: where to begin.
        recursive: whether to go into folders within.
        leave_out: a folder not to enter, such as the one for results.
    """
    barred = {_identity(leave_out)} if leave_out is not None else set()
    waiting = [Path()]
    while waiting:
        below = waiting.pop()
        identity = _identity(folder / below)
        if identity in barred:
            continue
        barred.add(identity)
        try:
            with os.scandir(folder / below) as entries:
                found = sorted((entry.name, _is_folder(entry)) for entry in entries)
        except OSError as error:
            problem = NotReadable(f"The folder cannot be listed: {error.strerror}.")
            name = str(folder / below)
            yield Listing(folder, below, (Source(name, "file", "folder", problem),))
            continue
        visible = [(name, is_folder) for name, is_folder in found if not name.startswith(".")]
        files = [name for name, is_folder in visible if not is_folder and is_picture_name(name)]
        sources = tuple(
            Source(str(folder / below / name), "file", name)
            for name in files
            if _is_file(folder / below / name)
        )
        if sources:
            yield Listing(folder, below, sources)
        if recursive:
            waiting += [below / name for name, is_folder in reversed(visible) if is_folder]


def is_picture_name(name: str) -> bool:
    """Whether the extension belongs to a format that is read."""
    return os.path.splitext(name)[1].lower() in _extensions()  # noqa: PTH122  names need not be paths


@cache
def _extensions() -> frozenset[str]:
    from PIL import Image

    from lumiku.engine.steps.formats import SIGNED_FORMATS, UNSIGNED_FORMATS

    read = {*SIGNED_FORMATS, *UNSIGNED_FORMATS}
    known = {extension for extension, name in Image.registered_extensions().items() if name in read}
    return frozenset(known | {".heic", ".heif", ".hif"})


def _resolve_pattern(argument: str) -> list[str]:
    if not _PATTERN.intersection(argument) or "://" in argument or os.path.lexists(argument):
        return [argument]
    return sorted(glob.glob(argument, recursive=True)) or [argument]  # noqa: PTH207  keeps "./" as given


def _name_in_url(url: str) -> str:
    try:
        name = PurePosixPath(unquote(urlsplit(url).path)).name
    except ValueError:  # no valid address: fetching it says so, and costs this one picture only
        name = ""
    clean = "".join(char for char in name if char.isprintable() and char not in '/\\:*?"<>|')
    return clean.strip(". ")[-100:] or "picture"


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _is_file(path: Path) -> bool:
    """Regular, or not there any more: then reading it tells."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return True


def _identity(folder: Path) -> tuple[int, int] | Path:
    try:
        status = folder.stat()
    except OSError:
        return folder.absolute()
    return (status.st_dev, status.st_ino) if status.st_ino else folder.resolve()
