"""A second look at the subject alone, where it fills little of the picture."""

import cv2
import numpy as np

from lumiku.engine.steps.measure import subject_box
from lumiku.engine.types import F32, U8, Box, Deadline, MattingModel

_PADDING = 0.15
_WORTH_IT_BELOW = 0.7


def second_pass(rgb: U8, matte: F32, model: MattingModel, deadline: Deadline) -> F32:
    """Run `model` on the padded box of the subject and put the answer in its place.

    Args:
        rgb: HxWx3 uint8, the whole picture.
        matte: hxw float32 in [0, 1], the first pass over the whole picture.
        model: asked once more, unless the box is nearly the whole picture or there is none.
        deadline: checked before the model runs.

    Returns:
        hxw float32 in [0, 1], covering the whole picture.
    """
    found = subject_box(matte)
    if found is None:
        return matte
    box = _padded(found, matte)
    height, width = matte.shape
    if box.width * box.height > _WORTH_IT_BELOW * width * height:
        return matte
    deadline.check("second_pass")
    down, across = rgb.shape[0] / height, rgb.shape[1] / width
    crop = rgb[
        int(box.top * down) : int(np.ceil(box.bottom * down)),
        int(box.left * across) : int(np.ceil(box.right * across)),
    ]
    answer = cv2.resize(model.predict(crop, deadline), (box.width, box.height), interpolation=cv2.INTER_AREA)
    result = np.zeros_like(matte)
    result[box.top : box.bottom, box.left : box.right] = answer
    return result


def _padded(box: Box, matte: F32) -> Box:
    height, width = matte.shape
    across, down = round(box.width * _PADDING), round(box.height * _PADDING)
    return Box(
        max(0, box.left - across),
        max(0, box.top - down),
        min(width, box.right + across),
        min(height, box.bottom + down),
    )
