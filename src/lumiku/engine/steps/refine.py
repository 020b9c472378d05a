"""A full-size matte whose edge follows the picture, beyond the model's own resolution."""

from lumiku.engine.steps.restore import restore
from lumiku.engine.types import F32, U8


def refine(rgb: U8, matte: F32) -> U8:
    """Scale a matte to the size of `rgb` (HxWx3 uint8) and sharpen its edge; HxW uint8."""
    return restore(matte, rgb.shape[0], rgb.shape[1])
