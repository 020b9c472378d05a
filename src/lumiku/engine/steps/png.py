"""A PNG writer for cutouts: strips straight from colour and matte, compressed by several threads."""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from isal import isal_zlib
from zlib_ng import zlib_ng

from lumiku.engine.steps.png_filters import StripFilter
from lumiku.engine.steps.workers import map_threads
from lumiku.engine.types import U8

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOUR_TYPES = {1: 0, 3: 2, 4: 6}  # grey, RGB, RGBA
_ZLIB_HEADER = b"\x78\x01"
_ADLER_BASE = 65521
_RAW_DEFLATE = -15
_MEMORY_LEVEL = 9
# Segments are compressed apart from each other: large enough that the lost history costs nothing, small
# enough that the threads end together. Strips stay in the cache with all their filter buffers.
_SEGMENT_BYTES = 2 << 20
_STRIP_BYTES = 256 << 10


class _Deflater(Protocol):
    def compress(self, data: U8, /) -> bytes: ...

    def flush(self, mode: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class _Segment:
    chunk: bytes
    adler: int
    length: int


def write_png(
    colour: U8, alpha: U8 | None, *, small: bool = False, icc_profile: bytes | None = None, threads: int = 0
) -> bytes:
    """Encode as PNG, eight bits a channel; the bytes do not depend on `threads`.

    Args:
        colour: HxWx3 uint8 straight colour, or HxW uint8 grey (then without alpha). Rows may be strided.
        alpha: HxW uint8 matte for RGBA, or None. Colour where it is 0 is written as 0.
        small: spend several times as long for a smaller file.
        icc_profile: written as iCCP.
        threads: at most so many work at once; 0 is one for each core.

    Returns:
        The file.
    """
    height, width = colour.shape[:2]
    channels = _channels(colour, alpha)
    row_bytes = 1 + width * channels
    rows = max(1, _SEGMENT_BYTES // row_bytes)
    compressor = _small_deflater if small else _fast_deflater

    def segment(top: int) -> _Segment:
        return _encode_rows(colour, alpha, range(top, min(top + rows, height)), compressor)

    segments = list(map_threads(segment, range(0, height, rows), threads))
    adler = 1
    for part in segments:
        adler = _join_adler(adler, part.adler, part.length)
    parts = [
        _SIGNATURE,
        _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, _COLOUR_TYPES[channels], 0, 0, 0)),
    ]
    if icc_profile:
        parts.append(_chunk(b"iCCP", b"ICC profile\0\0" + zlib_ng.compress(icc_profile, 9)))
    parts.append(_chunk(b"IDAT", _ZLIB_HEADER))
    parts += [part.chunk for part in segments]
    parts.append(_chunk(b"IDAT", b"\x03\x00" + struct.pack(">I", adler)))
    parts.append(_chunk(b"IEND", b""))
    return b"".join(parts)


def _encode_rows(colour: U8, alpha: U8 | None, rows: range, compressor: Callable[[], _Deflater]) -> _Segment:
    width = colour.shape[1]
    channels = _channels(colour, alpha)
    strip_rows = min(len(rows), max(1, _STRIP_BYTES // (1 + width * channels)))
    strip = StripFilter(width, channels, strip_rows)
    deflater = compressor()
    adler, length, out = 1, 0, []
    for start in rows[::strip_rows]:
        lines = strip.run(colour, alpha, start, min(start + strip_rows, rows.stop))
        adler = isal_zlib.adler32(lines, adler)
        length += lines.size
        out.append(deflater.compress(lines))
    # A full stop that ends on a byte but does not end the stream, so that the next segment can follow.
    out.append(deflater.flush(isal_zlib.Z_SYNC_FLUSH))
    return _Segment(_chunk(b"IDAT", b"".join(out)), adler, length)


def _channels(colour: U8, alpha: U8 | None) -> int:
    if colour.ndim == 2:
        return 1
    return 3 if alpha is None else 4


def _fast_deflater() -> _Deflater:
    return isal_zlib.compressobj(2, isal_zlib.DEFLATED, _RAW_DEFLATE, _MEMORY_LEVEL)


def _small_deflater() -> _Deflater:
    deflater: _Deflater = zlib_ng.compressobj(6, zlib_ng.DEFLATED, _RAW_DEFLATE, _MEMORY_LEVEL)
    return deflater


def _join_adler(first: int, second: int, second_length: int) -> int:
    """The Adler-32 of two runs of bytes from the sums of each (RFC 1950, section 8.2)."""
    low1, high1 = first & 0xFFFF, first >> 16
    low2, high2 = second & 0xFFFF, second >> 16
    low = (low1 + low2 - 1) % _ADLER_BASE
    high = (high1 + high2 + (low1 - 1) * second_length) % _ADLER_BASE
    return high << 16 | low


def _chunk(kind: bytes, data: bytes) -> bytes:
    crc = isal_zlib.crc32(data, isal_zlib.crc32(kind))
    return b"".join((struct.pack(">I", len(data)), kind, data, struct.pack(">I", crc)))
