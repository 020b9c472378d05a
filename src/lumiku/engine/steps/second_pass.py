"""A second look at the subject alone, where it fills little of the picture."""

import math

import cv2
import numpy as np

from lumiku.engine.steps.measure import subject_box
from lumiku.engine.types import F32, U8, Box, Deadline, MattingModel

_PADDING = 0.15
_WORTH_IT_BELOW = 0.9
_MAX_ENLARGEMENT = 2


def second_pass(rgb: U8, matte: F32, model: MattingModel, deadline: Deadline) -> F32 | None:
    """Run `model` on the padded box of the subject.

    Alone this is worse than the first pass (without its surroundings the subject is harder to tell), but
    fused with the first it adds detail: hand both to `fuse`.

    Args:
        rgb: HxWx3 uint8, the whole picture.
        matte: hxw float32 in [0, 1], what is known so far, covering the whole picture.
        model: asked once.
        deadline: checked before the model runs.

    Returns:
        The model's answer in its place in the whole picture, 0 elsewhere, at a resolution that keeps the
        answer's own detail (up to twice its height and width). None where there is no
        subject, or where its box is nearly the whole picture, so that a second look would see nothing new.
    """
    found = subject_box(matte)
    if found is None:
        return None
    box = _padded(found, *matte.shape)
    if box.width * box.height > _WORTH_IT_BELOW * matte.size:
        return None
    deadline.check("second_pass")
    height, width = rgb.shape[:2]
    crop = _scaled(box, width / matte.shape[1], height / matte.shape[0], width, height)
    answer = model.predict(rgb[crop.top : crop.bottom, crop.left : crop.right], deadline)
    across = _side(width, answer.shape[1], crop.width) / width
    down = _side(height, answer.shape[0], crop.height) / height
    canvas = np.zeros((round(height * down), round(width * across)), np.float32)
    place = _scaled(crop, across, down, canvas.shape[1], canvas.shape[0])
    shrinks = answer.shape[0] > place.height or answer.shape[1] > place.width
    fitted = cv2.resize(
        answer, (place.width, place.height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    )
    canvas[place.top : place.bottom, place.left : place.right] = np.clip(fitted, 0, 1)
    return canvas


def _side(full_px: int, answer_px: int, crop_px: int) -> int:
    """The canvas's side on which the answer keeps its pixels: one to two times the answer's own."""
    kept = min(full_px, math.ceil(answer_px * full_px / crop_px))
    return min(_MAX_ENLARGEMENT * answer_px, max(answer_px, kept))


def _padded(box: Box, height: int, width: int) -> Box:
    across, down = round(box.width * _PADDING), round(box.height * _PADDING)
    return Box(
        max(0, box.left - across),
        max(0, box.top - down),
        min(width, box.right + across),
        min(height, box.bottom + down),
    )


def _scaled(box: Box, across: float, down: float, width: int, height: int) -> Box:
    """The box in another pixel grid, at least one pixel large and inside it."""
    left, top = min(width - 1, int(box.left * across)), min(height - 1, int(box.top * down))
    return Box(
        left,
        top,
        max(left + 1, min(width, math.ceil(box.right * across))),
        max(top + 1, min(height, math.ceil(box.bottom * down))),
    )
