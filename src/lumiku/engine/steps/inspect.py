"""Reads a file through once without keeping its pixels: is it a picture that `decode` will take?"""

from dataclasses import dataclass
from typing import Final

from PIL.ImageFile import ImageFile

from lumiku.engine.errors import FileTooLarge, InvalidFileType
from lumiku.engine.steps.decode import DecodeLimits, check_size, load_pixels, reading
from lumiku.engine.steps.formats import open_header
from lumiku.engine.steps.orientation import read_orientation

# What strangers may send. `decode` reads more, but the rest are formats that few have and little has tested.
PUBLIC_FORMATS: Final = ("JPEG", "PNG", "WEBP", "AVIF", "HEIF", "TIFF", "GIF", "BMP")


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What a file is.

    Attributes:
        format: one of `PUBLIC_FORMATS`.
        width, height: in pixels, upright.
    """

    format: str
    width: int
    height: int


def inspect(data: bytes, limits: DecodeLimits) -> PictureFacts:
    """Check a file to its end: its type, its size, and that its pixels can be decoded.

    A JPEG is decoded at an eighth of its size, which reads every coefficient with a 64th of the memory.
    Thread-safe.

    Args:
        data: the whole file.
        limits: on bytes and pixels.

    Raises:
        FileTooLarge: more bytes than the limit.
        ImageTooLarge: more pixels than the limit.
        InvalidFileType: not a picture in a public format.
        UnreadableImage: damaged, or of an unknown variant.
    """
    if len(data) > limits.max_bytes:
        raise FileTooLarge(f"The file has {len(data):,} bytes; the limit is {limits.max_bytes:,}.")
    with open_header(data) as image:
        name = image.format or "unknown"
        if name not in PUBLIC_FORMATS:
            raise InvalidFileType(f"{name} files are not taken; send one of {', '.join(PUBLIC_FORMATS)}.")
        check_size(image, limits.max_pixels)
        width, height = image.size
        with reading(name):
            if name == "JPEG":
                _shrink(image)
            load_pixels(image)
            upright = read_orientation(image) < 5
        if name != "JPEG":
            width, height = image.size
    return PictureFacts(name, *((width, height) if upright else (height, width)))


def _shrink(image: ImageFile) -> None:
    image.draft(None, (max(1, image.width // 8), max(1, image.height // 8)))
