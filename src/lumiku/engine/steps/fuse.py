"""One matte from several: each counts by how crisp it is and how far the others agree with it."""

from collections.abc import Sequence

import cv2
import numpy as np

from lumiku.engine.steps.measure import crispness
from lumiku.engine.types import F32

_JUDGED_AT_PX = 256
# Both exponents lie on a broad plateau (8 to 32 and 1 to 4): see docs/decisions on the tiers.
_CRISPNESS_POWER = 16
_AGREEMENT_POWER = 2
_LEAST_AGREEMENT = 1e-3
# A matte is fine when it has at least a quarter of the finest one's pixels.
_FINE_SHARE = 4
_EDGE_WIDTH = 0.015
_TOLERANCE = 0.25
# What counts as a wide area, in pixels of the judged size, and how little may vary inside it.
_FLAT_SIDE_PX = 7
_FLAT_CONTRAST = 0.4
_FLAT_BLUR_PX = 2.0
# A part that only the fine mattes see, at the judged size: by how much more, how large at least (a thousandth
# of the picture), how sure they are of it, and how far beyond its own rim they are followed.
_PART_GAIN = 0.3
_PART_LEAST_PX = 66
_PART_SURE = 0.8
_PART_RIM_PX = 2


def fuse(mattes: Sequence[F32]) -> F32:
    """Fuse mattes of the same picture.

    A saliency network that has lost the subject answers with greys, and one that differs from all the others
    is usually the wrong one. So each matte is weighted by crispness^16 times agreement^2, and the weighted
    mean, which is greyer than its parts, goes through a smoothstep that gives it their contrast back. Coarse
    mattes say where the subject is, not where exactly it ends: wherever the finest mattes alone show the same
    region, the edge is theirs. So is a part that they are sure of, although the coarse ones miss it: two who
    see a person beside a car and two who do not must not make a ghost of her. Wide areas of grey, on which
    the models disagree, are decided: half a neck that shines through helps nobody.

    Args:
        mattes: at least one, each hxw float32 in [0, 1] of any size, each covering the whole picture.

    Returns:
        float32 in [0, 1] at the size of the largest matte. A single matte is returned as it is.
    """
    if len(mattes) == 1:
        return mattes[0]
    height, width = max((matte.shape for matte in mattes), key=lambda shape: shape[0] * shape[1])
    region = _weighted_mean(mattes, height, width)
    fine = [matte for matte in mattes if matte.size * _FINE_SHARE >= height * width]
    if len(fine) < len(mattes):
        edge = _weighted_mean(fine, height, width)
        region = region + np.maximum(_near(region, edge), _added(region, edge, fine)) * (edge - region)
    decided = _smoothstep(_smoothstep(region))
    return region + _flat(region) * (decided - region)


def agreement(one: F32, other: F32) -> float:
    """Soft intersection over union of two mattes of one size, in [0, 1]; 1 where both are empty."""
    union = float(np.maximum(one, other).sum())
    return float(np.minimum(one, other).sum()) / union if union > 0 else 1.0


def _weighted_mean(mattes: Sequence[F32], height: int, width: int) -> F32:
    mean = np.zeros((height, width), np.float32)
    for matte, weight in zip(mattes, _weights(mattes), strict=True):
        mean += np.float32(weight) * _resized(matte, width, height, cv2.INTER_CUBIC)
    np.clip(mean, 0, 1, out=mean)
    return _smoothstep(mean)


def _smoothstep(values: F32) -> F32:
    return values * values * (3 - 2 * values)


def _flat(region: F32) -> F32:
    """1 inside wide areas of one grey, where no edge explains it, falling to 0 at edges."""
    thumbnail = _resized(region, _JUDGED_AT_PX, _JUDGED_AT_PX, cv2.INTER_AREA)
    window = np.ones((_FLAT_SIDE_PX, _FLAT_SIDE_PX), np.uint8)
    contrast = cv2.dilate(thumbnail, window) - cv2.erode(thumbnail, window)
    flat = np.clip(1 - contrast / np.float32(_FLAT_CONTRAST), 0, 1).astype(np.float32)
    smooth = np.asarray(cv2.GaussianBlur(flat, (0, 0), _FLAT_BLUR_PX), np.float32)
    return _resized(smooth, region.shape[1], region.shape[0], cv2.INTER_LINEAR)


def _near(region: F32, edge: F32) -> F32:
    """1 where both show the same region, falling to 0 where they differ over more than an edge's width."""
    difference = _resized(edge - region, _JUDGED_AT_PX, _JUDGED_AT_PX, cv2.INTER_AREA)
    spread = np.abs(cv2.GaussianBlur(difference, (0, 0), _EDGE_WIDTH * _JUDGED_AT_PX))
    near = np.clip(1 - spread / np.float32(_TOLERANCE), 0, 1).astype(np.float32)
    return _resized(near, region.shape[1], region.shape[0], cv2.INTER_LINEAR)


def _added(region: F32, edge: F32, fine: Sequence[F32]) -> F32:
    """1 at parts that the fine mattes add to the region and are sure of, falling to 0 around them."""
    gain = _resized(edge - region, _JUDGED_AT_PX, _JUDGED_AT_PX, cv2.INTER_AREA)
    seen = np.mean([_resized(matte, _JUDGED_AT_PX, _JUDGED_AT_PX, cv2.INTER_AREA) for matte in fine], axis=0)
    # Opened, so that a thin line of other edges is no part.
    wide = cv2.morphologyEx((gain >= _PART_GAIN).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(wide)
    sure = np.zeros(wide.shape, np.float32)
    for part in range(1, count):
        inside = labels == part
        if stats[part, cv2.CC_STAT_AREA] >= _PART_LEAST_PX and seen[inside].mean() >= _PART_SURE:
            sure[inside] = 1
    side = 2 * _PART_RIM_PX + 1
    sure = np.asarray(cv2.GaussianBlur(cv2.dilate(sure, np.ones((side, side))), (0, 0), 1.0), np.float32)
    return _resized(sure, region.shape[1], region.shape[0], cv2.INTER_LINEAR) * (edge > region)


def _weights(mattes: Sequence[F32]) -> list[float]:
    if len(mattes) == 1:
        return [1.0]
    thumbnails = [_resized(matte, _JUDGED_AT_PX, _JUDGED_AT_PX, cv2.INTER_AREA) for matte in mattes]
    weights = []
    for index, one in enumerate(thumbnails):
        shared = [agreement(one, other) for place, other in enumerate(thumbnails) if place != index]
        agreed = max(_LEAST_AGREEMENT, sum(shared) / len(shared))
        weights.append(max(_LEAST_AGREEMENT, crispness(one)) ** _CRISPNESS_POWER * agreed**_AGREEMENT_POWER)
    total = sum(weights)
    return [weight / total for weight in weights]


def _resized(matte: F32, width: int, height: int, interpolation: int) -> F32:
    if matte.shape == (height, width):
        return matte
    return np.asarray(cv2.resize(matte, (width, height), interpolation=interpolation), np.float32)
