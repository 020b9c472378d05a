"""A full-size matte whose edge follows the picture, beyond the model's own resolution.

The fast guided filter (He, Sun and Tang, "Guided Image Filtering", TPAMI 2013; He and Sun, "Fast Guided
Filter", 2015) with the colour picture as its guide: near every pixel the matte is explained as a linear
function of colour, fitted at a moderate size and evaluated at full size, which carries hairs and fur into the
matte. Only the uncertain band takes the result: elsewhere the filter bleeds the subject's texture into it.
"""

import cv2
import numpy as np

from lumiku.engine.steps.enlarge import enlarged, fraction
from lumiku.engine.steps.restore import clear, scale_up
from lumiku.engine.types import F32, U8

_FIT_LONG_SIDE_PX = 1024
_RADIUS_PX = 4
_EPSILON = 1e-3
_STRIP_PX = 256
# What is already all but opaque or transparent, in 0..255, stays as it is.
_SURE_BELOW, _SURE_ABOVE = 13, 242
# Fused and filtered mattes are greyer than a model's own, so more is cleared than `restore` does.
_HAZE = 0.1


def refine(rgb: U8, matte: F32) -> U8:
    """Scale a matte to the picture's size, let its edge follow the picture, and clear its haze.

    Args:
        rgb: HxWx3 uint8, the picture.
        matte: hxw float32 in [0, 1] covering the whole picture.

    Returns:
        HxW uint8, its haze cleared.
    """
    height, width = rgb.shape[:2]
    result = scale_up(matte, height, width)
    scale = min(1.0, _FIT_LONG_SIDE_PX / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    slopes, offsets = _fit(
        fraction(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)),
        fraction(cv2.resize(result, size, interpolation=cv2.INTER_AREA)),
    )
    planes = np.dstack([slopes, offsets])
    for top in range(0, height, _STRIP_PX):
        strip = result[top : top + _STRIP_PX]
        uncertain = cv2.inRange(strip, _SURE_BELOW, _SURE_ABOVE) > 0
        places = np.flatnonzero(uncertain.any(axis=0))
        if places.size == 0:
            continue
        rows = slice(top, top + strip.shape[0])
        columns = slice(int(places[0]), int(places[-1]) + 1)
        part = enlarged(planes, rows, columns, (height, width))
        edge = np.einsum("hwc,hwc->hw", part[..., :3], fraction(rgb[rows, columns])) + part[..., 3]
        levels = np.rint(np.clip(edge, 0, 1) * 255).astype(np.uint8)
        np.copyto(strip[:, columns], levels, where=uncertain[:, columns])
    return clear(result, _HAZE)


def _fit(guide: F32, matte: F32) -> tuple[F32, F32]:
    """Slopes (hxwx3) and offsets (hxw) of the local linear models, averaged over all windows of a pixel."""
    mean = _window_mean(guide)
    mean_matte = _window_mean(matte)
    covariance = _window_mean(guide * matte[..., None]) - mean * mean_matte[..., None]
    spread = np.empty((*matte.shape, 3, 3), np.float32)
    for one in range(3):
        for other in range(one, 3):
            product = _window_mean(guide[..., one] * guide[..., other]) - mean[..., one] * mean[..., other]
            spread[..., one, other] = spread[..., other, one] = product
        spread[..., one, one] += _EPSILON
    slopes = np.linalg.solve(spread, covariance[..., None])[..., 0].astype(np.float32)
    offsets = mean_matte - np.einsum("hwc,hwc->hw", slopes, mean)
    return _window_mean(slopes), _window_mean(offsets)


def _window_mean(values: F32) -> F32:
    side = 2 * _RADIUS_PX + 1
    return np.asarray(cv2.blur(values, (side, side), borderType=cv2.BORDER_REFLECT), np.float32)
