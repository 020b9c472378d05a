"""From the model's resolution to the picture's: a resize that never stretches what the model said."""

import cv2
import numpy as np

from lumiku.engine.types import F32, U8

# What a model leaves below this is haze over the background, and above 1 minus this a veil over the subject:
# cutting both off lowers the error on measured alpha, too.
HAZE = 0.05


def restore(matte: F32, height: int, width: int) -> U8:
    """Scale a matte to the picture's size and clear its haze.

    The matte is quantised first: a cubic resize of bytes is several times faster than one of floats, and the
    rounding stays below one grey level. Values are never stretched between minimum and maximum; a picture in
    which the model saw nothing stays black.

    Args:
        matte: hxw float32 in [0, 1] covering the whole picture.
        height: of the picture, in pixels.
        width: of the picture, in pixels.

    Returns:
        HxW uint8, 255 is foreground.
    """
    return clear(scale_up(matte, height, width), HAZE)


def scale_up(matte: F32, height: int, width: int) -> U8:
    """Scale a matte to `height` x `width`, as bytes; what lies outside [0, 1] is clipped, NaN becomes 0."""
    small: U8 = np.rint(np.clip(np.nan_to_num(matte), 0.0, 1.0) * 255.0).astype(np.uint8)
    if small.shape == (height, width):
        return small
    shrinks = small.shape[0] > height or small.shape[1] > width
    scaled = cv2.resize(small, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    return np.asarray(scaled, dtype=np.uint8)


def clear(matte: U8, haze: float) -> U8:
    """Map [haze, 1 - haze] to [0, 1] by a table; the same for every picture."""
    levels = (np.arange(256) / 255 - haze) / (1 - 2 * haze)
    table = np.rint(np.clip(levels, 0, 1) * 255).astype(np.uint8)
    return np.asarray(cv2.LUT(matte, table), np.uint8)
