"""A second opinion from the same model: its matte of the mirrored picture, mirrored back."""

import cv2
import numpy as np

from lumiku.engine.shrink import shrink
from lumiku.engine.types import F32, U8, Deadline, MattingModel

# Twice what any model sees, so that a mirrored copy of 50 megapixels takes 13 MB instead of 150.
_ENOUGH_PX = 2048


def predict_mirrored(rgb: U8, model: MattingModel, deadline: Deadline) -> F32:
    """Run `model` on the picture flipped left to right.

    Args:
        rgb: HxWx3 uint8, the whole picture.
        model: any matting model.
        deadline: checked before the model runs.

    Returns:
        hxw float32 in [0, 1], in the orientation of `rgb`.
    """
    deadline.check("mirror")
    height, width = rgb.shape[:2]
    enough = shrink(rgb, min(width, _ENOUGH_PX), min(height, _ENOUGH_PX))
    flipped = np.asarray(cv2.flip(enough, 1), np.uint8)
    return np.ascontiguousarray(model.predict(flipped, deadline)[:, ::-1])
