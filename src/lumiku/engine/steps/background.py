"""New backgrounds: a picture that covers the canvas, or the old surroundings out of focus."""

from pathlib import Path

import cv2
import numpy as np

from lumiku.core.errors import InvalidInput, LimitExceeded
from lumiku.engine.errors import InvalidOption
from lumiku.engine.options import BackgroundImage, Options
from lumiku.engine.steps.blend import over_opaque
from lumiku.engine.steps.decode import DecodeLimits, decode
from lumiku.engine.steps.layout import Layout
from lumiku.engine.types import F32, U8

# A blur of so many pixels is fine enough to be enlarged; wider ones are made on a smaller picture. Then it is
# enlarged smoothly this many times, and by straight lines from there on: one in 255 off at most.
_BLUR_SIGMA_PX = 4.0
_SMOOTHLY = 4.0
_SEEN = 0.05


def cover(image: BackgroundImage, width: int, height: int, options: Options) -> U8:
    """A picture scaled and cut, around its centre, to fill the canvas.

    Args:
        image: encoded bytes, a file or HxWx3 uint8. Where it is transparent, white shows.
        width, height: of the canvas.
        options: its colour profile treatment counts.

    Returns:
        height x width x 3 uint8, a new array.

    Raises:
        InvalidOption: the file cannot be read.
        InvalidInput, LimitExceeded: see `decode`; `details["option"]` says that it is the background.
    """
    rgb = image if isinstance(image, np.ndarray) else _read(image, options)
    factor = max(width / rgb.shape[1], height / rgb.shape[0])
    part_width, part_height = min(rgb.shape[1], width / factor), min(rgb.shape[0], height / factor)
    left, top = round((rgb.shape[1] - part_width) / 2), round((rgb.shape[0] - part_height) / 2)
    part = rgb[top : top + max(1, round(part_height)), left : left + max(1, round(part_width))]
    if part.shape[:2] == (height, width):
        return part.copy()
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return cv2.resize(np.ascontiguousarray(part), (width, height), interpolation=how).astype(
        np.uint8, copy=False
    )


def blur(original: U8, matte: U8, layout: Layout, percent: float) -> U8:
    """The picture's own background out of focus, with the subject left out so that it casts no halo.

    Args:
        original: HxWx3 uint8, the picture.
        matte: HxW uint8, its matte.
        layout: where the picture lies; beyond its edges it is mirrored.
        percent: standard deviation in percent of the picture's long side.

    Returns:
        The whole canvas, uint8, a new array.
    """
    height, width = matte.shape
    sigma = max(0.5, percent / 100 * max(height, width))
    shrink = max(1.0, sigma / _BLUR_SIGMA_PX)
    size = max(1, round(width / shrink)), max(1, round(height / shrink))
    small = cv2.resize(original, size, interpolation=cv2.INTER_AREA)
    hidden = cv2.resize(matte, size, interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(255)
    # A pixel that shows a quarter of the subject says too little of what is behind it.
    seen = np.maximum(1 - 4 * hidden, 0)
    soft = np.clip(_surroundings(small.astype(np.float32), seen, sigma / shrink), 0, 255)
    larger = min(_SMOOTHLY, layout.scale * shrink)
    if larger > 1:
        size = max(1, round(size[0] * larger)), max(1, round(size[1] * larger))
        soft = np.clip(cv2.resize(soft, size, interpolation=cv2.INTER_CUBIC), 0, 255)
    scale_x, scale_y = layout.scale * width / size[0], layout.scale * height / size[1]
    # warpAffine speaks of pixel centres, a layout of pixel corners.
    to_canvas = np.array(
        [
            [scale_x, 0, layout.left + scale_x / 2 - 0.5],
            [0, scale_y, layout.top + scale_y / 2 - 0.5],
        ]
    )
    return cv2.warpAffine(
        np.rint(soft).astype(np.uint8),
        to_canvas,
        (layout.width, layout.height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT,
    ).astype(np.uint8, copy=False)


def _surroundings(picture: F32, seen: F32, sigma: float) -> F32:
    """Blur over what is background alone; deep behind the subject, ever wider until something is seen."""
    total = max(float(seen.sum()), 1e-3)
    result = np.broadcast_to((picture * seen[..., None]).sum(axis=(0, 1)) / total, picture.shape).astype(
        np.float32
    )
    for widening in (16.0, 4.0, 1.0):
        weight = _gaussian(seen, sigma * widening)[..., None]
        colour = _gaussian(picture * seen[..., None], sigma * widening) / np.maximum(weight, 1e-3)
        trust = np.clip(weight / _SEEN, 0, 1)
        result = result + trust * (colour - result)
    return result


def _gaussian(values: F32, sigma: float) -> F32:
    blurred = cv2.GaussianBlur(values, (0, 0), sigma, borderType=cv2.BORDER_REFLECT)
    return blurred.astype(np.float32, copy=False)


def _read(image: bytes | Path, options: Options) -> U8:
    if isinstance(image, Path):
        try:
            image = image.read_bytes()
        except OSError as error:
            raise InvalidOption("The background image cannot be read.", option="background_image") from error
    try:
        picture = decode(image, DecodeLimits(color_profile=options.color_profile))
    except (InvalidInput, LimitExceeded) as error:
        told = f"The background image cannot be used: {error.message}"
        raise type(error)(told, **{**error.details, "option": "background_image"}) from error
    if picture.alpha is None:
        return picture.rgb
    return over_opaque(picture.rgb, picture.alpha, np.full_like(picture.rgb, 255))
