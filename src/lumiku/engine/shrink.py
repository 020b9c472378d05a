"""Scaling down fast."""

from typing import Any, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = TypeVar("Pixels", bound=NDArray[Any])


def shrink(pixels: Pixels, width: int, height: int) -> Pixels:
    """Scale to at most the original size, each pixel the mean of those that it covers.

    Halves while it can: OpenCV has a fast path for whole factors, 6 ms at 12 megapixels instead of 13. An odd
    last row or column is left out on the way, less than a pixel of the result.

    Args:
        pixels: HxW or HxWxC, uint8 or float32.
        width: of the result, at most that of `pixels`.
        height: likewise.

    Returns:
        The same kind of array, height x width.
    """
    while pixels.shape[0] >= 2 * height and pixels.shape[1] >= 2 * width:
        half_height, half_width = pixels.shape[0] // 2, pixels.shape[1] // 2
        even = pixels[: 2 * half_height, : 2 * half_width]
        pixels = cv2.resize(even, (half_width, half_height), interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    if pixels.shape[:2] == (height, width):
        return pixels
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA), pixels.dtype)  # type: ignore[return-value]
