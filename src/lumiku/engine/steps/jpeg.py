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
MAX_SEGMENTS = 4096

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE_FRAMES = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_START_OF_SCAN = 0xDA
_END_OF_IMAGE = 0xD9
_EXIF = 0xE1
_BARE_MARKERS = frozenset({0x01, *range(0xD0, 0xD9)})
# Fill bytes before a marker are stepped over one by one, which keeps the search linear.
_NEXT_MARKER = re.compile(rb"\xff([\x01-\xcf\xd8-\xfe])")


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
        UnreadableImage: more scans, EXIF segments or segments of any kind than an honest file has.
    """
    scans = exif = components = 0
    progressive = False
    for number, (marker, content) in enumerate(_segments(data)):
        if marker in _FRAMES:
            progressive = marker in _PROGRESSIVE_FRAMES
            components = int.from_bytes(data[content + 5 : content + 6], "big")
        elif marker == _EXIF:
            exif += data.startswith(b"Exif\0\0", content)
        elif marker == _START_OF_SCAN:
            scans += 1
            if not progressive and int.from_bytes(data[content : content + 1], "big") >= components:
                return  # The first scan holds all components, so no decoder reads a second one.
        if scans > MAX_SCANS or exif > MAX_EXIF_SEGMENTS or number > MAX_SEGMENTS:
            raise UnreadableImage("The JPEG picture has far too many scans or segments.", format="JPEG")


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
