"""Parts of a picture that was worked on at a small size, scaled up to full size one at a time."""

import cv2
import numpy as np

from lumiku.engine.types import F32


def enlarged(small: F32, rows: slice, columns: slice, full: tuple[int, int]) -> F32:
    """Cut a part out of `small` as if all of it had been resized linearly to the full size.

    Args:
        small: hxw or hxwxc float32, at most four channels, covering the whole picture.
        rows: of the full picture, with start and stop.
        columns: of the full picture, with start and stop.
        full: (height, width) of the full picture, in pixels.

    Returns:
        The part at full size, float32, as many channels as `small`.
    """
    down, across = small.shape[0] / full[0], small.shape[1] / full[1]
    matrix = np.array(
        [[across, 0, (columns.start + 0.5) * across - 0.5], [0, down, (rows.start + 0.5) * down - 0.5]]
    )
    size = columns.stop - columns.start, rows.stop - rows.start
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    part = cv2.warpAffine(small, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(part, np.float32)


def fraction(levels: cv2.typing.MatLike) -> F32:
    """0..255 as float32 in [0, 1]."""
    return np.asarray(levels, np.float32) / np.float32(255)
