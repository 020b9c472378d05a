"""One matte from several models' mattes."""

from collections.abc import Sequence

import cv2
import numpy as np

from lumiku.engine.types import F32


def fuse(mattes: Sequence[F32]) -> F32:
    """Mean of mattes that cover the same picture, at the first one's resolution; hxw float32 in [0, 1]."""
    height, width = mattes[0].shape
    scaled = [
        np.clip(cv2.resize(matte, (width, height), interpolation=cv2.INTER_CUBIC), 0, 1) for matte in mattes
    ]
    fused: F32 = np.mean(scaled, axis=0, dtype=np.float32)
    return fused
