"""Pictures that a program gives as pixels: NumPy arrays and PIL images."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lumiku.engine.errors import ImageTooLarge, InvalidOption, UnreadableImage
from lumiku.engine.steps.color import to_pixels
from lumiku.engine.steps.decode import DecodeLimits
from lumiku.engine.steps.orientation import read_orientation, turn_upright
from lumiku.engine.types import Picture


def picture_of_array(array: NDArray[Any], limits: DecodeLimits) -> Picture:
    """Take an array as a picture.

    Args:
        array: uint8; HxW grey, HxWx1, HxWx3 RGB or HxWx4 RGBA with straight alpha.
        limits: on pixels.

    Raises:
        InvalidOption: another type, shape or order of axes.
        ImageTooLarge: more pixels than the limit.
    """
    if array.dtype != np.uint8 or array.ndim not in {2, 3} or 0 in array.shape:
        raise InvalidOption(
            f"An array must be uint8, HxW, HxWx3 or HxWx4; this is {array.dtype}, {array.shape}.",
            option="data",
        )
    planes = array[..., np.newaxis] if array.ndim == 2 else array
    if planes.shape[2] not in {1, 3, 4}:
        raise InvalidOption(
            f"An array's last axis is 1, 3 or 4 channels, not {planes.shape[2]}.", option="data"
        )
    _check_size(array.shape[1], array.shape[0], limits)
    # Copies: the caller may fill the array with the next picture while a cutout of this one lives on.
    rgb = np.repeat(planes, 3, axis=2) if planes.shape[2] == 1 else np.array(planes[..., :3], order="C")
    alpha = np.array(planes[..., 3], order="C") if planes.shape[2] == 4 else None
    return Picture(rgb, None if alpha is None or alpha.min() == 255 else alpha)


def picture_of_image(image: Image.Image, limits: DecodeLimits) -> Picture:
    """Take a PIL image of any mode, upright by its EXIF orientation.

    Args:
        image: is not changed.
        limits: on pixels, and what becomes of its profile.

    Raises:
        InvalidOption: it has no pixels.
        ImageTooLarge: more pixels than the limit.
        UnreadableImage: it was opened from a file that turns out to be damaged.
    """
    if not (image.width and image.height):
        raise InvalidOption("An image must have pixels.", option="data")
    _check_size(image.width, image.height, limits)
    try:
        loaded = image.copy()
    except (OSError, ValueError, SyntaxError) as error:  # what Pillow's plugins raise when they load
        raise UnreadableImage(f"The {image.format} picture is damaged or ends too early.") from error
    pixels = to_pixels(loaded, srgb=limits.color_profile == "srgb", key_depth=8)
    orientation = read_orientation(image)
    return Picture(
        rgb=turn_upright(pixels.rgb, orientation),
        alpha=None if pixels.alpha is None else turn_upright(pixels.alpha, orientation),
        icc_profile=pixels.icc_profile,
        source_format=image.format or "ARRAY",
    )


def _check_size(width: int, height: int, limits: DecodeLimits) -> None:
    if width * height > limits.max_pixels:
        raise ImageTooLarge(
            f"The picture has {width} x {height} pixels; the limit is {limits.max_pixels:,}.",
            width=width,
            height=height,
        )
