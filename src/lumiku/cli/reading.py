"""The bytes of one picture, from wherever it is, within the limits."""

import stat
import sys
from pathlib import Path
from typing import BinaryIO

from lumiku.cli.errors import NotReadable, reading_failed
from lumiku.cli.inputs import Source
from lumiku.engine.errors import FileTooLarge
from lumiku.settings import Settings

_PART_BYTES = 64 << 20


def read_source(source: Source, settings: Settings) -> bytes:
    """All bytes of the picture.

    Raises:
        SourceNotFound, NotReadable: the file is not there or may not be read.
        SourceRefused, SourceFailed: the address is not one we fetch from, or gave nothing.
        FileTooLarge, DownloadTooLarge: more bytes than the limit.
    """
    if source.problem:
        raise source.problem
    if source.kind == "url":
        from lumiku.intake.fetch import fetch

        return fetch(source.name, settings.intake)
    if source.kind == "stdin":
        return _read_up_to(sys.stdin.buffer, settings.engine.max_bytes)
    return read_file(source.path, settings)


def read_file(path: Path, settings: Settings) -> bytes:
    """All bytes of a file.

    Raises:
        SourceNotFound, NotReadable: it is not there, may not be read, or is no regular file.
        FileTooLarge: more bytes than the limit.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode) and not path.is_dir():
            raise NotReadable("It is a pipe, socket or device, not a regular file; `-` reads standard input.")
        with path.open("rb") as file:
            return _read_up_to(file, settings.engine.max_bytes)
    except OSError as error:
        raise reading_failed(error) from error


def mtime_ns(source: Source) -> int | None:
    """The picture's modification time, if it has one and is there."""
    if source.kind != "file":
        return None
    try:
        return source.path.stat().st_mtime_ns
    except OSError:
        return None


def _read_up_to(file: BinaryIO, limit: int) -> bytes:
    data = bytearray()
    while part := file.read(min(_PART_BYTES, limit + 1 - len(data))):
        data += part
        if len(data) > limit:
            raise FileTooLarge(f"The file has more than {limit:,} bytes, which is the limit.")
    return bytes(data)
