"""From the model's resolution to the picture's: a resize that never stretches what the model said."""

import cv2
import numpy as np

from lumiku.engine.types import F32, U8


def restore(matte: F32, height: int, width: int) -> U8:
    """Scale a matte to the picture's size.

    The matte is quantised first: a cubic resize of bytes is several times faster than one of floats, and the
    rounding stays below one grey level. Values are never stretched between minimum and maximum;
    a picture in which the model saw nothing stays black.

    Args:
        matte: hxw float32 in [0, 1] covering the whole picture.
        height: of the picture, in pixels.
        width: of the picture, in pixels.

    Returns:
        HxW uint8, 255 is foreground.
    """
    small = to_bytes(matte)
    if small.shape == (height, width):
        return small
    shrinks = small.shape[0] > height or small.shape[1] > width
    scaled = cv2.resize(small, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    return np.asarray(scaled, dtype=np.uint8)


def to_bytes(matte: F32) -> U8:
    """Round [0, 1] to 0..255; what lies outside is clipped, NaN becomes 0."""
    levels: U8 = np.rint(np.clip(np.nan_to_num(matte), 0.0, 1.0) * 255.0).astype(np.uint8)
    return levels
