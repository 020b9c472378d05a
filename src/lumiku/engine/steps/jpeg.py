"""The fast way for ordinary JPEG files: libjpeg-turbo straight into the array (T.81, JFIF)."""

import re
from collections.abc import Iterator

import simplejpeg

from lumiku.engine.errors import UnreadableImage
from lumiku.engine.types import U8

# Ordinary progressive files have about ten scans. Each costs a pass over all coefficients however little
# it holds, so thousands in a small file would keep a core busy for minutes.
MAX_SCANS = 200

# One EXIF segment holds 64 kB. Pillow joins them, in time that grows with the square of their number.
MAX_EXIF_SEGMENTS = 16

_START_OF_SCAN = 0xDA
_END_OF_IMAGE = 0xD9
_EXIF = 0xE1
_BARE_MARKERS = frozenset({0x01, *range(0xD0, 0xD9)})
_NEXT_MARKER = re.compile(rb"\xff+([\x01-\xcf\xd8-\xfe])")


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


def check_segments(data: bytes) -> None:
    """Refuse a JPEG that is built to keep us busy.

    Raises:
        UnreadableImage: more scans or EXIF segments than any honest file has.
    """
    if data.count(b"\xff\xda") <= MAX_SCANS and data.count(b"Exif\0\0") <= MAX_EXIF_SEGMENTS:
        return
    scans = exif = 0
    for marker, content in _segments(data):
        scans += marker == _START_OF_SCAN
        exif += marker == _EXIF and data.startswith(b"Exif\0\0", content)
        if scans > MAX_SCANS or exif > MAX_EXIF_SEGMENTS:
            what = "scans" if scans > MAX_SCANS else "EXIF segments"
            raise UnreadableImage(f"The JPEG picture has far too many {what}.", format="JPEG")


def _segments(data: bytes) -> Iterator[tuple[int, int]]:
    """Marker and start of content of the first image's segments: what follows the image is not looked at."""
    position = 2
    while found := _NEXT_MARKER.search(data, position):
        marker, position = found[1][0], found.end()
        if marker == _END_OF_IMAGE:
            return
        if marker not in _BARE_MARKERS:
            yield marker, position + 2
            position += int.from_bytes(data[position : position + 2], "big")
