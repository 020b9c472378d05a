"""A ZIP whose every byte is known by its place before a file is read: exact length, any part of it, no copy.

The files are stored as they are (pictures do not shrink), with their checksums from when they were made, so
headers need no look at them. ZIP64 (APPNOTE.TXT 4.3.14) is used where the archive passes 4 GiB.
"""

import hashlib
import struct
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import accumulate
from typing import Final

from lumiku.core.errors import InternalError
from lumiku.storage.base import Storage

_LOCAL: Final = struct.Struct("<4sHHHHHLLLHH")
_CENTRAL: Final = struct.Struct("<4s4B4HL2L5H2L")
_END_64: Final = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64: Final = struct.Struct("<4sLQL")
_END: Final = struct.Struct("<4s4H2LH")
_UTF8: Final = 0x800
_MOST: Final = 0xFFFFFFFF
_UNIX: Final = 3
_MODE: Final = 0o100644 << 16
_EARLIEST: Final = datetime(1980, 1, 1, tzinfo=UTC)


class FileChanged(InternalError):
    """A stored file is not as long as it was when the archive was laid out."""


@dataclass(frozen=True)
class Entry:
    """One file of an archive.

    Attributes:
        name: in the archive; unique.
        crc: CRC-32 of the content.
        size_bytes: of the content.
        at: when it was made.
        content: the bytes themselves, or the key of a stored file.
    """

    name: str
    crc: int
    size_bytes: int
    at: datetime
    content: bytes | str = field(repr=False)


class Archive:
    """See the module; `size_bytes` is its length, `etag` changes when any of its bytes does."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        """Lay the archive out.

        Args:
            entries: in their order; each below 4 GiB, at most 65,534.
        """
        self._pieces: list[bytes | Entry] = []
        central = bytearray()
        offset = 0
        for entry in entries:
            header = _local_header(entry)
            central += _central_header(entry, offset)
            self._pieces += [header, entry]
            offset += len(header) + entry.size_bytes
        tail = bytes(central) + _end(len(entries), len(central), offset)
        self._pieces.append(tail)
        sizes = [piece.size_bytes if isinstance(piece, Entry) else len(piece) for piece in self._pieces]
        self._ends = list(accumulate(sizes))
        self.size_bytes = self._ends[-1]
        self.etag = hashlib.sha256(tail).hexdigest()[:32]

    async def read(self, storage: Storage, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from `start` to before `end`.

        Raises:
            FileMissing, FileChanged: a file is not as it was; what was given until then is no whole archive.
        """
        begun = 0
        for piece, ended in zip(self._pieces, self._ends, strict=True):
            low, high = max(start, begun) - begun, min(end, ended) - begun
            begun = ended
            if low >= high:
                continue
            if isinstance(piece, bytes):
                yield piece[low:high]
                continue
            async for part in _content(storage, piece, low, high):
                yield part


async def _content(storage: Storage, entry: Entry, low: int, high: int) -> AsyncIterator[bytes]:
    if isinstance(entry.content, bytes):
        yield entry.content[low:high]
        return
    given = 0
    async for part in storage.stream(entry.content, low, high):
        given += len(part)
        yield part
    if given != high - low:
        raise FileChanged("a stored file has another length than before")


def _local_header(entry: Entry) -> bytes:
    name = entry.name.encode()
    day, time = _dos(entry.at)
    fixed = _LOCAL.pack(
        b"PK\3\4", 20, _UTF8, 0, time, day, entry.crc, entry.size_bytes, entry.size_bytes, len(name), 0
    )
    return fixed + name


def _central_header(entry: Entry, offset: int) -> bytes:
    name = entry.name.encode()
    day, time = _dos(entry.at)
    extra = struct.pack("<HHQ", 1, 8, offset) if offset >= _MOST else b""
    version = 45 if extra else 20
    numbers = (entry.crc, entry.size_bytes, entry.size_bytes, len(name), len(extra), 0, 0, 0)
    fixed = _CENTRAL.pack(
        b"PK\1\2", version, _UNIX, version, 0, _UTF8, 0, time, day, *numbers, _MODE, min(offset, _MOST)
    )
    return fixed + name + extra


def _end(count: int, central_bytes: int, central_offset: int) -> bytes:
    long = b""
    if central_offset >= _MOST:
        record = _END_64.pack(b"PK\6\6", 44, 45, 45, 0, 0, count, count, central_bytes, central_offset)
        locator = _LOCATOR_64.pack(b"PK\6\7", 0, central_offset + central_bytes, 1)
        long = record + locator
    return long + _END.pack(b"PK\5\6", 0, 0, count, count, central_bytes, min(central_offset, _MOST), 0)


def _dos(at: datetime) -> tuple[int, int]:
    """Date and time as MS-DOS keeps them, in two seconds."""
    moment = max(at.astimezone(UTC), _EARLIEST)
    day = (moment.year - 1980) << 9 | moment.month << 5 | moment.day
    return day, moment.hour << 11 | moment.minute << 5 | moment.second // 2
