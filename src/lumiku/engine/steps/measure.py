"""What a matte says about its picture: where the subject is, how sure that is, and whether there is one."""

from dataclasses import dataclass

import cv2
import numpy as np

from lumiku.engine.types import F32, U8, Box, Outcome

_LONG_SIDE_PX = 512
_SUBJECT = 0.5
# Below this peak, measured on the model's own unstretched answer, nothing in the picture is foreground.
_EMPTY_PEAK = 0.5


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a matte says about its picture.

    Attributes:
        box: the subject, in pixels of the matte that was measured; None where there is none.
        confidence: 0..1, higher where the matte is more likely to be right.
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
    small, scale_y, scale_x = _shrink(matte)
    box = subject_box(small)
    if box is None or float(small.max()) < _EMPTY_PEAK:
        return Measurement(None, 0.0, "unknown_foreground")
    height, width = matte.shape
    scaled = Box(
        int(box.left * scale_x),
        int(box.top * scale_y),
        min(width, int(np.ceil(box.right * scale_x))),
        min(height, int(np.ceil(box.bottom * scale_y))),
    )
    return Measurement(scaled, _crispness(small), "ok")


def subject_box(matte: F32, threshold: float = _SUBJECT) -> Box | None:
    """The smallest rectangle around everything at or above `threshold`; None where nothing is."""
    mask = matte >= threshold
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if rows.size == 0:
        return None
    return Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def _shrink(matte: F32 | U8) -> tuple[F32, float, float]:
    height, width = matte.shape
    scale = min(1.0, _LONG_SIDE_PX / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(matte, size, interpolation=cv2.INTER_AREA) if scale < 1 else matte
    values = small.astype(np.float32) / (255.0 if matte.dtype == np.uint8 else 1.0)
    return values, height / size[1], width / size[0]


def _crispness(matte: F32) -> float:
    """How near to 0 or 1 the foreground's values are: 1 - (sum of alpha (1 - alpha)) / (sum of alpha) ."""
    return float(1.0 - (matte * (1.0 - matte)).sum() / max(float(matte.sum()), 1e-6))
