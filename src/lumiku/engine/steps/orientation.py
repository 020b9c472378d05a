"""Turns pixels upright as the EXIF orientation tag says (EXIF 2.32, tag 0x0112)."""

from collections.abc import Callable

import cv2
import numpy as np
from PIL import Image

from lumiku.engine.types import U8

_TAG = 0x0112
# JPEG's own limit is 64 kB; some writers of other formats go a little beyond.
_MAX_EXIF_BYTES = 1 << 20


_TURNS: dict[int, Callable[[U8], object]] = {
    2: lambda pixels: cv2.flip(pixels, 1),
    3: lambda pixels: cv2.flip(pixels, -1),
    4: lambda pixels: cv2.flip(pixels, 0),
    5: cv2.transpose,
    6: lambda pixels: cv2.rotate(pixels, cv2.ROTATE_90_CLOCKWISE),
    7: lambda pixels: cv2.flip(cv2.transpose(pixels), -1),
    8: lambda pixels: cv2.rotate(pixels, cv2.ROTATE_90_COUNTERCLOCKWISE),
}


def read_orientation(image: Image.Image) -> int:
    """The orientation, 1..8, that `image` still needs; 1 where there is none or it makes no sense.

    Ask after the pixels are loaded: Pillow turns TIFF and HEIC pictures itself and then clears the tag.
    """
    if len(image.info.get("exif") or b"") > _MAX_EXIF_BYTES:
        return 1
    try:
        value = image.getexif().get(_TAG, 1)
    except Exception:  # damaged metadata, in whatever way, must not cost the picture
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def turn_upright(pixels: U8, orientation: int) -> U8:
    """Apply an EXIF orientation.

    Args:
        pixels: HxW or HxWx3 uint8.
        orientation: 1..8; 5 to 8 swap height and width.

    Returns:
        The upright pixels, C-contiguous; `pixels` itself for 1.
    """
    if orientation == 1:
        return pixels
    return np.ascontiguousarray(_TURNS[orientation](pixels), np.uint8)
