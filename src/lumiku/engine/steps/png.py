"""A PNG writer for cutouts: strips straight from colour and matte, compressed by several threads."""

import struct
from dataclasses import dataclass
from typing import Literal, Protocol

import cv2
import numpy as np
from isal import isal_zlib
from zlib_ng import zlib_ng

from lumiku.engine.options import Compression
from lumiku.engine.steps.png_filters import StripFilter
from lumiku.engine.steps.workers import map_threads
from lumiku.engine.types import U8

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOUR_TYPES = {1: 0, 3: 2, 4: 6}  # grey, RGB, RGBA
_ZLIB_HEADER = b"\x78\x01"
_LAST_BLOCK = b"\x03\x00"  # empty, so that it can follow any segment
_ADLER_BASE = 65521
_RAW_DEFLATE = -15
_MEMORY_LEVEL = 9
# Segments are compressed apart from each other: large enough that the lost history costs nothing, small
# enough that the threads end together. Larger strips mean fewer hand-overs between threads (64 rows rather
# than 32 save 10 % of the time at a megapixel), smaller ones a filter that fits better.
_SEGMENT_BYTES = 2 << 20
_STRIP_BYTES = 512 << 10
_STRIP_ROWS = 64
_SMALL_STRIP_ROWS = 8
# ISA-L is two to three times as fast as zlib-ng and 4 % behind it on most pictures, but far behind on very
# smooth ones; where a sample says more than this, zlib-ng is worth its time.
_SMOOTH_RATIO = 1.06
_SAMPLES = 3
_SAMPLE_ROWS = 8

_Method = Literal["isal", "zlib-ng", "zlib-ng-small"]


class _Deflater(Protocol):
    def compress(self, data: U8, /) -> bytes: ...

    def flush(self, mode: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class _Segment:
    chunk: bytes
    adler: int
    length: int


def write_png(
    colour: U8,
    alpha: U8 | None,
    *,
    compression: Compression = "auto",
    icc_profile: bytes | None = None,
    threads: int = 0,
) -> bytes:
    """Encode as PNG, eight bits a channel; the bytes do not depend on `threads`.

    Args:
        colour: HxWx3 uint8 straight colour, or HxW uint8 grey (then without alpha). Rows may be strided.
        alpha: HxW uint8 matte for RGBA, or None. Colour where it is 0 is written as 0.
        compression: "fast" always takes the fastest way, "auto" a slower one for very smooth pictures, which
            that way leaves too large, and "small" spends several times as long.
        icc_profile: written as iCCP.
        threads: at most so many work at once; 0 is one for each core.

    Returns:
        The file.
    """
    height, width = colour.shape[:2]
    channels = _channels(colour, alpha)
    rows = _segment_rows(height, height * (1 + width * channels))
    method = _choose_method(colour, alpha, compression)

    def segment(top: int) -> _Segment:
        return _encode_rows(colour, alpha, range(top, min(top + rows, height)), method)

    segments = map_threads(segment, range(0, height, rows), threads)
    adler = 1
    for part in segments:
        adler = _join_adler(adler, part.adler, part.length)
    header = struct.pack(">IIBBBBB", width, height, 8, _COLOUR_TYPES[channels], 0, 0, 0)
    profile = _chunk(b"iCCP", b"ICC profile\0\0" + zlib_ng.compress(icc_profile, 9)) if icc_profile else b""
    return b"".join(
        (
            _SIGNATURE,
            _chunk(b"IHDR", header),
            profile,
            _chunk(b"IDAT", _ZLIB_HEADER),
            *(part.chunk for part in segments),
            _chunk(b"IDAT", _LAST_BLOCK + struct.pack(">I", adler)),
            _chunk(b"IEND", b""),
        )
    )


def _segment_rows(height: int, length: int) -> int:
    """Segments of one size, so that no thread is left with a short last one; two at least where it pays."""
    count = max(round(length / _SEGMENT_BYTES), 2 if length > _SEGMENT_BYTES // 2 else 1)
    return max(1, -(-height // count))


def _encode_rows(colour: U8, alpha: U8 | None, rows: range, method: _Method) -> _Segment:
    strip, strip_rows = _strip_filter(colour, alpha, len(rows), thorough=method == "zlib-ng-small")
    deflater = _deflater(method)
    adler, length, out = 1, 0, []
    for start in rows[::strip_rows]:
        lines = strip.run(colour, alpha, start, min(start + strip_rows, rows.stop))
        adler = isal_zlib.adler32(lines, adler)
        length += lines.size
        out.append(deflater.compress(lines))
    # A full stop that ends on a byte but does not end the stream, so that the next segment can follow.
    out.append(deflater.flush(isal_zlib.Z_SYNC_FLUSH))
    return _Segment(_chunk(b"IDAT", b"".join(out)), adler, length)


def _choose_method(colour: U8, alpha: U8 | None, compression: Compression) -> _Method:
    """Compress a few strips where the subject is both ways, and compare."""
    if compression != "auto":
        return "isal" if compression == "fast" else "zlib-ng-small"
    seen = (
        np.arange(colour.shape[0]) if alpha is None else np.flatnonzero(cv2.reduce(alpha, 1, cv2.REDUCE_MAX))
    )
    if not seen.size:
        return "isal"
    strip, strip_rows = _strip_filter(colour, alpha, seen.size, thorough=False)
    sample_rows = min(strip_rows, _SAMPLE_ROWS)
    sizes: dict[_Method, int] = {"isal": 0, "zlib-ng": 0}
    for number in range(_SAMPLES):
        start = int(seen[seen.size * (2 * number + 1) // (2 * _SAMPLES)])
        lines = strip.run(colour, alpha, start, min(start + sample_rows, colour.shape[0]))
        for method in sizes:
            deflater = _deflater(method)
            sizes[method] += len(deflater.compress(lines)) + len(deflater.flush(isal_zlib.Z_FINISH))
    return "zlib-ng" if sizes["isal"] > sizes["zlib-ng"] * _SMOOTH_RATIO else "isal"


def _strip_filter(colour: U8, alpha: U8 | None, rows: int, *, thorough: bool) -> tuple[StripFilter, int]:
    width, channels = colour.shape[1], _channels(colour, alpha)
    most = _SMALL_STRIP_ROWS if thorough else _STRIP_ROWS
    rows = min(rows, most, max(1, _STRIP_BYTES // (1 + width * channels)))
    return StripFilter(width, channels, rows, thorough=thorough), rows


def _deflater(method: _Method) -> _Deflater:
    if method == "isal":
        return isal_zlib.compressobj(2, isal_zlib.DEFLATED, _RAW_DEFLATE, _MEMORY_LEVEL)
    # Z_FILTERED forgoes short matches, which cost more than the small numbers that filters leave.
    level, strategy = (3, zlib_ng.Z_DEFAULT_STRATEGY) if method == "zlib-ng" else (8, zlib_ng.Z_FILTERED)
    deflater: _Deflater = zlib_ng.compressobj(level, zlib_ng.DEFLATED, _RAW_DEFLATE, _MEMORY_LEVEL, strategy)
    return deflater


def _channels(colour: U8, alpha: U8 | None) -> int:
    if colour.ndim == 2:
        return 1
    return 3 if alpha is None else 4


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
