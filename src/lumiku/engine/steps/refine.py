"""A full-size matte whose edge follows the picture, beyond the model's own resolution.

The fast guided filter (He, Sun and Tang, "Guided Image Filtering", TPAMI 2013; He and Sun, "Fast Guided
Filter", 2015) with the colour picture as its guide: near every pixel the matte is explained as a linear
function of colour, fitted at a small size and evaluated at full size, which carries hairs and fur into the
matte. Only the uncertain band takes the result: elsewhere the filter bleeds the subject's texture into it.
"""

import cv2
import numpy as np

from lumiku.engine.shrink import shrink
from lumiku.engine.steps.restore import HAZE, clear, scale_up
from lumiku.engine.steps.tiles import Tile, enlarged, fraction, tiles_between
from lumiku.engine.steps.workers import map_threads
from lumiku.engine.types import F32, U8

_FIT_LONG_SIDE_PX = 512
_RADIUS_PX = 4
_EPSILON = 1e-3
# What is already all but opaque or transparent, in 0..255, stays as it is.
_SURE_BELOW, _SURE_ABOVE = 13, 242


def refine(rgb: U8, matte: F32, haze: float = HAZE) -> U8:
    """Scale a matte to the picture's size, let its edge follow the picture, and clear its haze.

    Args:
        rgb: HxWx3 uint8, the picture.
        matte: hxw float32 in [0, 1] covering the whole picture.
        haze: what is cleared at both ends, in [0, 0.5).

    Returns:
        HxW uint8, 255 is foreground.
    """
    full = rgb.shape[0], rgb.shape[1]
    result = scale_up(matte, *full)
    scale = min(1.0, _FIT_LONG_SIDE_PX / max(full))
    size = max(1, round(full[1] * scale)), max(1, round(full[0] * scale))
    slopes, offsets = _fit(
        fraction(shrink(rgb, *size)),
        fraction(shrink(result, *size)),
    )

    def follow(tile: Tile) -> None:
        terms = enlarged(slopes, tile, full) * fraction(rgb[tile])
        edge = cv2.transform(terms, np.ones((1, 3), np.float32)) + enlarged(offsets, tile, full)
        levels = np.rint(np.clip(edge, 0, 1) * 255).astype(np.uint8)
        cv2.copyTo(levels, cv2.inRange(result[tile], _SURE_BELOW, _SURE_ABOVE), result[tile])

    map_threads(follow, tiles_between(result, _SURE_BELOW, _SURE_ABOVE))
    return clear(result, haze)


def _fit(guide: F32, matte: F32) -> tuple[F32, F32]:
    """Slopes (hxwx3) and offsets (hxw) of the local linear models, averaged over all windows of a pixel."""
    red, green, blue = cv2.split(guide)
    mean = [_window_mean(plane) for plane in (red, green, blue)]
    mean_matte = _window_mean(matte)
    spread = {
        (one, other): _window_mean(guide[..., one] * guide[..., other]) - mean[one] * mean[other]
        for one, other in ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))
    }
    shared = [
        _window_mean(plane * matte) - own * mean_matte
        for plane, own in zip((red, green, blue), mean, strict=True)
    ]
    slopes = _solve_symmetric(spread, shared)
    offsets = mean_matte - sum(slope * own for slope, own in zip(slopes, mean, strict=True))
    return _window_mean(np.dstack(slopes)), _window_mean(offsets)


def _solve_symmetric(spread: dict[tuple[int, int], F32], shared: list[F32]) -> list[F32]:
    """Solve a symmetric 3x3 system at every pixel by its adjugate; much faster than a general solver."""
    a, d, f = (spread[index, index] + np.float32(_EPSILON) for index in range(3))
    b, c, e = spread[0, 1], spread[0, 2], spread[1, 2]
    inverse = (
        (d * f - e * e, c * e - b * f, b * e - c * d),
        (c * e - b * f, a * f - c * c, b * c - a * e),
        (b * e - c * d, b * c - a * e, a * d - b * b),
    )
    determinant = a * inverse[0][0] + b * inverse[0][1] + c * inverse[0][2]
    return [(row[0] * shared[0] + row[1] * shared[1] + row[2] * shared[2]) / determinant for row in inverse]


def _window_mean(values: cv2.typing.MatLike) -> F32:
    side = 2 * _RADIUS_PX + 1
    return np.asarray(cv2.blur(values, (side, side), borderType=cv2.BORDER_REFLECT), np.float32)
