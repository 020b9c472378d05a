"""The fast way for ordinary JPEG files: libjpeg-turbo straight into the array (T.81, JFIF)."""

import re

import simplejpeg

from lumiku.engine.errors import UnreadableImage
from lumiku.engine.types import U8

# Ordinary progressive files have about ten scans. Each costs a pass over all coefficients however little
# it holds, so thousands in a small file would keep a core busy for minutes.
MAX_SCANS = 200

_START_OF_SCAN = b"\xff\xda"
_NEXT_MARKER = re.compile(rb"\xff+[\x01-\xcf\xd8-\xfe]")
_BARE_MARKERS = frozenset({0x01, *range(0xD0, 0xD9)})
_END_OF_IMAGE = 0xD9


def read_jpeg(data: bytes, width: int, height: int) -> U8 | None:
    """Decode an RGB or grey JPEG; the GIL is released meanwhile.

    Args:
        data: the whole file.
        width: pixels, by the header.
        height: pixels, by the header.

    Returns:
        height x width x 3 uint8, or None where the file is unusual or damaged and Pillow shall decide.
    """
    try:
        pixels: U8 = simplejpeg.decode_jpeg(data, "RGB", strict=True)
    except (ValueError, MemoryError):
        return None
    return pixels if pixels.shape == (height, width, 3) else None


def check_scans(data: bytes) -> None:
    """Raise UnreadableImage where a JPEG has so many scans that it only serves to keep us busy."""
    if data.count(_START_OF_SCAN) > MAX_SCANS and _count_scans(data) > MAX_SCANS:
        raise UnreadableImage(f"The JPEG picture has more than {MAX_SCANS} scans.", format="JPEG")


def _count_scans(data: bytes) -> int:
    """Scans of the first image; not misled by metadata or by what follows, as a plain search is."""
    position, scans = 2, 0
    while scans <= MAX_SCANS and (found := _NEXT_MARKER.search(data, position)):
        marker, position = data[found.end() - 1], found.end()
        if marker == _END_OF_IMAGE:
            break
        if marker in _BARE_MARKERS:
            continue
        scans += marker == _START_OF_SCAN[1]
        position += int.from_bytes(data[position : position + 2], "big")
    return scans
