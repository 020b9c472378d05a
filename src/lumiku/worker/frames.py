"""How a worker and its engine processes talk: a length, a JSON header, and the bytes of files.

JSON, not pickle: the other side decodes strangers' pictures, and its words must not be able to run anything.
"""

import asyncio
import json
import struct
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, Final

_LENGTH: Final = struct.Struct(">I")
_MAX_HEADER: Final = 1 << 20
_MAX_BYTES: Final = 1 << 30

Frame = tuple[dict[str, Any], list[bytes]]


class BadFrame(Exception):
    """The other side said something that nobody understands."""


def pack(header: Mapping[str, Any], blobs: Sequence[bytes] = ()) -> list[bytes]:
    """The pieces of a frame, to be written one after the other."""
    head = json.dumps({**header, "sizes": [len(blob) for blob in blobs]}).encode()
    return [_LENGTH.pack(len(head)) + head, *blobs]


async def read_frame(stream: asyncio.StreamReader) -> Frame:
    """The next frame.

    Raises:
        BadFrame: it makes no sense.
        asyncio.IncompleteReadError: the other side has ended.
    """
    (length,) = _LENGTH.unpack(await stream.readexactly(_LENGTH.size))
    header, sizes = _unpack(await stream.readexactly(_checked(length, _MAX_HEADER)))
    return header, [await stream.readexactly(size) for size in sizes]


def read_frame_from(file: BinaryIO) -> Frame:
    """The next frame of a file.

    Raises:
        EOFError: the other side has ended.
    """
    (length,) = _LENGTH.unpack(_exactly(file, _LENGTH.size))
    header, sizes = _unpack(_exactly(file, _checked(length, _MAX_HEADER)))
    return header, [_exactly(file, size) for size in sizes]


def _exactly(file: BinaryIO, size: int) -> bytes:
    data = file.read(size)
    if len(data) < size:
        raise EOFError
    return data


def _unpack(head: bytes) -> tuple[dict[str, Any], list[int]]:
    try:
        header = json.loads(head)
        sizes = [_checked(size, _MAX_BYTES) for size in header.pop("sizes")]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadFrame("not a frame") from error
    if sum(sizes) > _MAX_BYTES:
        raise BadFrame("too long")
    return header, sizes


def _checked(size: object, most: int) -> int:
    if not isinstance(size, int) or not 0 <= size <= most:
        raise BadFrame("a size makes no sense")
    return size
