"""Checks every option before any work is done."""

import math
from pathlib import Path
from typing import get_args

import numpy as np

from lumiku.engine.errors import InvalidFileType, InvalidOption
from lumiku.engine.option_values import (
    BLUR_ALLOWED,
    MAX_BLUR_PERCENT,
    parse_color,
    parse_margin,
    parse_position,
    parse_scale,
    parse_size,
    refused,
)
from lumiku.engine.options import (
    TIERS,
    BackgroundImage,
    ColorProfile,
    Compression,
    Options,
    OutputFormat,
    Shadow,
)

_CHOICES: dict[str, tuple[str, ...]] = {
    "tier": TIERS,
    "format": get_args(OutputFormat),
    "compression": get_args(Compression),
    "shadow": get_args(Shadow),
    "color_profile": get_args(ColorProfile),
}
_SWITCHES = ("mask_only", "lossless", "crop", "decontaminate")
_TEXTS = ("crop_margin", "scale", "position", "size")


def validate(options: Options) -> None:
    """Check each option by itself and against the others.

    Raises:
        InvalidOption: with a public message; `details["option"]` names the first option that is wrong.
        InvalidFileType: the background image is an empty file.
    """
    for name, choices in _CHOICES.items():
        value = getattr(options, name)
        if value not in choices:
            raise refused(name, value, f"one of {', '.join(choices)}")
    for name in _SWITCHES:
        if not isinstance(getattr(options, name), bool):
            raise refused(name, getattr(options, name), "true or false")
    for name in _TEXTS:
        if not isinstance(getattr(options, name), str):
            raise refused(name, getattr(options, name), "a text")
    if options.model is not None and not (isinstance(options.model, str) and options.model):
        raise refused("model", options.model, "the name of a model")
    quality = options.quality
    if not isinstance(quality, int) or isinstance(quality, bool) or not 1 <= quality <= 100:
        raise refused("quality", quality, "a whole number from 1 to 100")
    if not _is_number(options.shadow_opacity, 0, 1):
        raise refused("shadow_opacity", options.shadow_opacity, "a number from 0 to 1")
    parse_margin(options.crop_margin)
    parse_scale(options.scale)
    parse_position(options.position)
    parse_size(options.size)
    _check_background(options)
    if options.format == "zip" and options.mask_only:
        raise InvalidOption(
            "`format` cannot be 'zip' with `mask_only`: a ZIP holds colour and mask.", option="format"
        )


def _check_background(options: Options) -> None:
    given = [
        name
        for name in ("background_color", "background_image", "background_blur")
        if getattr(options, name) is not None
    ]
    if len(given) > 1:
        named = " and ".join(f"`{name}`" for name in given)
        raise InvalidOption(f"Only one background at a time, not {named}.", option=given[1])
    if options.background_color is not None:
        if not isinstance(options.background_color, str):
            raise refused("background_color", options.background_color, "a text")
        parse_color(options.background_color)
    blur = options.background_blur
    if blur is not None and not (_is_number(blur, 0, MAX_BLUR_PERCENT) and blur > 0):
        raise refused("background_blur", blur, BLUR_ALLOWED)
    if options.background_image is not None:
        _check_background_image(options.background_image)


def _check_background_image(image: BackgroundImage) -> None:
    option = "background_image"
    if isinstance(image, Path):
        if not image.is_file():
            raise refused(option, image.name, "a file that is there")
    elif isinstance(image, np.ndarray):
        if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or image.size == 0:
            raise refused(option, image, "HxWx3 of uint8, where it is an array")
    elif image == b"":
        raise InvalidFileType("The background image cannot be used: the file is empty.", option=option)
    elif not isinstance(image, bytes):
        raise refused(option, image, "a path, the bytes of a picture or an array")


def _is_number(value: float, low: float, high: float) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        return False
    return low <= value <= high
