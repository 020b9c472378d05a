"""A small picture of a result, for lists."""

import io
from typing import Final

import numpy as np
from PIL import Image

from lumiku.engine.shrink import shrink
from lumiku.engine.steps.compose import Canvas
from lumiku.engine.types import U8

_QUALITY: Final = 80
_ROUGHLY: Final = 4  # plain scaling to this many times the size, then with care


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
    rough = min(canvas.width, _ROUGHLY * width), min(canvas.height, _ROUGHLY * height)
    colour = shrink(canvas.rgb, *rough)
    if canvas.alpha is None:
        image = Image.fromarray(shrink(colour, width, height)).convert("RGB")
    else:
        image = Image.fromarray(_with_alpha(colour, shrink(canvas.alpha, *rough), width, height))
    out = io.BytesIO()
    image.save(out, "WEBP", quality=_QUALITY, method=1, icc_profile=canvas.icc_profile)
    return out.getvalue()


def _with_alpha(colour: U8, alpha: U8, width: int, height: int) -> U8:
    """Means weighted by alpha, so that no old background shows along the edge."""
    weight = alpha.astype(np.float32)[..., None]
    sums = shrink(colour.astype(np.float32) * weight, width, height)
    small = shrink(alpha.astype(np.float32), width, height)
    rgba = np.dstack([sums / np.maximum(small, 1e-3)[..., None], small])
    return np.asarray(np.rint(np.clip(rgba, 0, 255)), np.uint8)
