"""A small picture of a result, for lists."""

import io
from typing import Final

import cv2
import numpy as np
from PIL import Image

from lumiku.engine.shrink import shrink
from lumiku.engine.steps.compose import Canvas
from lumiku.engine.types import U8

_QUALITY: Final = 80
# Plain halving to at least this many times the size, then with care: a halving is the fastest way to shrink,
# and the care costs eight times as much a pixel.
_ROUGHLY: Final = 3


def write_thumbnail(canvas: Canvas, longest_px: int = 300) -> bytes:
    """The canvas as WebP, in sRGB's numbers as they are.

    Args:
        canvas: is not changed.
        longest_px: at most so long on either side; a smaller canvas keeps its size.

    Returns:
        The file.
    """
    scale = min(1.0, longest_px / max(canvas.width, canvas.height))
    width, height = (max(1, round(side * scale)) for side in (canvas.width, canvas.height))
    colour = _halved(canvas.rgb, width, height)
    if canvas.alpha is None:
        image = Image.fromarray(shrink(colour, width, height)).convert("RGB")
    else:
        image = Image.fromarray(_with_alpha(colour, _halved(canvas.alpha, width, height), width, height))
    out = io.BytesIO()
    image.save(out, "WEBP", quality=_QUALITY, method=1, icc_profile=canvas.icc_profile)
    return out.getvalue()


def _halved(pixels: U8, width: int, height: int) -> U8:
    """Scaled by a power of two, to `_ROUGHLY` times the size that is wanted at least."""
    rough_height, rough_width = pixels.shape[:2]
    while rough_height >= 2 * _ROUGHLY * height and rough_width >= 2 * _ROUGHLY * width:
        rough_height, rough_width = rough_height // 2, rough_width // 2
    return shrink(pixels, rough_width, rough_height)


def _with_alpha(colour: U8, alpha: U8, width: int, height: int) -> U8:
    """Means weighted by alpha, so that no old background shows along the edge."""
    weight = cv2.cvtColor(alpha, cv2.COLOR_GRAY2RGB)
    weighted = shrink(np.asarray(cv2.multiply(colour, weight, scale=1 / 255), np.uint8), width, height)
    small = shrink(alpha, width, height)
    level = np.maximum(small, 1).astype(np.float32)[..., None]
    straight = np.minimum(np.rint(weighted * (255 / level)), 255).astype(np.uint8)
    return np.dstack([straight, small])
