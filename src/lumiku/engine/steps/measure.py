"""What a matte says about its picture: where the subject is, how sure that is, and whether there is one."""

from dataclasses import dataclass

import cv2
import numpy as np

from lumiku.engine.shrink import shrink
from lumiku.engine.types import F32, U8, Box, Outcome

_LONG_SIDE_PX = 512
_SUBJECT = 0.5
# Blank colours, gradients and noise peak at 0.23 in IS-Net and at 0.07 in U2-Net; the faintest real subject
# that IS-Net half saw peaks at 0.45.
_EMPTY_PEAK = 0.3


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a matte says about its picture.

    Attributes:
        box: the subject, in pixels of the matte that was measured; None where there is none.
        confidence: 0..1, an estimate of the matte's intersection over union with the truth.
        outcome: "unknown_foreground" where the picture has no subject.
    """

    box: Box | None
    confidence: float
    outcome: Outcome


def measure(matte: F32 | U8) -> Measurement:
    """Measure an unstretched matte of any size.

    Args:
        matte: hxw, float32 in [0, 1] or uint8 in 0..255.

    Returns:
        The subject's box in the matte's own pixels, the confidence, and the outcome.
    """
    small = _shrink(matte)
    peak = float(small.max(initial=0.0))
    if peak < _EMPTY_PEAK:
        return Measurement(None, 0.0, "unknown_foreground")
    # A subject that was only half seen is still boxed: everything at half its own peak.
    threshold = min(_SUBJECT, peak / 2) * (255 if matte.dtype == np.uint8 else 1)
    return Measurement(subject_box(matte, threshold), _confidence(small), "ok")


def sees_foreground(matte: F32 | U8) -> bool:
    """Whether `measure` would find a subject; a third of its time."""
    return float(_shrink(matte).max(initial=0.0)) >= _EMPTY_PEAK


def subject_box(matte: F32 | U8, threshold: float = _SUBJECT) -> Box | None:
    """The smallest rectangle around everything at or above `threshold`; None where nothing is."""
    left, top, width, height = cv2.boundingRect((matte >= threshold).view(np.uint8))
    return Box(left, top, left + width, top + height) if width else None


def crispness(matte: F32) -> float:
    """How near to 0 or 1 the values are where there is foreground: 1 - sum(a (1 - a)) / sum(a), in [0, 1]."""
    total = float(matte.sum())
    return 1.0 - float((matte * (1 - matte)).sum()) / total if total > 0 else 0.0


def _confidence(matte: F32) -> float:
    """Crispness, less where the subject falls into pieces; squared, it meets the intersection over union.

    A network that is unsure answers with greys, or with several fragments.
    """
    mask = (matte >= _SUBJECT).astype(np.uint8)
    pieces, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    areas = stats[1:, cv2.CC_STAT_AREA]
    whole = float(areas.max() / areas.sum()) if pieces > 1 else 0.0
    return float(np.clip(crispness(matte) * (1 + whole) / 2, 0, 1) ** 2)


def _shrink(matte: F32 | U8) -> F32:
    height, width = matte.shape
    scale = min(1.0, _LONG_SIDE_PX / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = shrink(matte, *size)
    return small.astype(np.float32) / np.float32(255 if matte.dtype == np.uint8 else 1)
