"""File objects and checks that keep a picture's header and metadata from holding us or filling the memory."""

import io
import re
import struct
import time

from lumiku.engine.errors import UnreadableImage

_HEADER_S = 3.0
_PIXELS_S = 6.0
_PIXELS_S_PER_MEGAPIXEL = 0.2

# The most values that one numeric tag needs in real files: an offset for each row of a very tall picture.
_MAX_TAG_VALUES = 1 << 18
# Files with many private tags have a few hundred.
_MAX_TAGS = 4096
_MAX_TIFF_MARKS = 1000
_TIFF_MARK = re.compile(rb"II\*\0|MM\0\*|II\+\0|MM\0\+")
_NUMERIC_TYPES = frozenset({3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 16, 17, 18})


class OutOfPatience(Exception):
    """Reading took longer than any honest file of this size; never seen by callers."""


class TimedBytes(io.BytesIO):
    """A file in memory that stops being read after a while.

    Most of Pillow's header parsers are loops in Python that end with the data. Ten million tiny chunks, or
    comments that are joined again and again, keep such a loop busy for minutes; each turn comes by here. What
    counts is this thread's own work, so that a busy machine does not make an honest file fail.
    """

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self._end = time.thread_time() + _HEADER_S

    def allow_pixels(self, pixels: int) -> None:
        """Start the time anew, for decoding so many pixels."""
        self._end = time.thread_time() + _PIXELS_S + _PIXELS_S_PER_MEGAPIXEL * pixels / 1e6

    def read(self, size: int | None = -1, /) -> bytes:
        """As BytesIO does, while there is time."""
        self._check()
        return super().read(size)

    def readline(self, size: int | None = -1, /) -> bytes:
        """As BytesIO does, while there is time."""
        self._check()
        return super().readline(size)

    def _check(self) -> None:
        if time.thread_time() > self._end:
            raise OutOfPatience


def check_tags(data: bytes, start: int = 0) -> None:
    """Refuse a TIFF directory whose tags would unfold to millions of Python numbers (TIFF 6.0, section 2).

    Args:
        data: the file that holds it.
        start: where the TIFF header ("II" or "MM") is.

    Raises:
        UnreadableImage: more tags, or more values in a numeric tag, than real files have.
    """
    order = "<" if data[start : start + 1] == b"I" else ">"
    big = b"+" in data[start + 2 : start + 4]
    first, number, entry = ("Q", "Q", "HHQ8x") if big else ("L", "H", "HHL4x")
    try:
        (offset,) = struct.unpack_from(order + first, data, start + (8 if big else 4))
        (count,) = struct.unpack_from(order + number, data, start + offset)
        begin = start + offset + struct.calcsize(number)
        size = struct.calcsize("=" + entry)
        count = min(count, (len(data) - begin) // size, _MAX_TAGS + 1)
        entries = struct.iter_unpack(order + entry, data[begin : begin + count * size])
    except (struct.error, OverflowError):
        return
    for index, (_tag, kind, values) in enumerate(entries):
        if index >= _MAX_TAGS or (kind in _NUMERIC_TYPES and _MAX_TAG_VALUES < values <= len(data)):
            raise UnreadableImage("The picture's metadata is far too large.")


def check_embedded_tags(data: bytes) -> None:
    """`check_tags` for every TIFF header inside another format's file."""
    for number, mark in enumerate(_TIFF_MARK.finditer(data)):
        if number >= _MAX_TIFF_MARKS:
            raise UnreadableImage("The picture's metadata is far too large.")
        check_tags(data, mark.start())
