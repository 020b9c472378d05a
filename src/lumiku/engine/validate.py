"""Checks every option before any work is done."""

import math
from pathlib import Path
from typing import get_args

import numpy as np

from lumiku.engine.errors import InvalidOption
from lumiku.engine.option_values import (
    parse_color,
    parse_margin,
    parse_position,
    parse_scale,
    parse_size,
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
MAX_BLUR_PERCENT = 50.0


def validate(options: Options) -> None:
    """Check each option by itself and against the others.

    Raises:
        InvalidOption: with a public message; `details["option"]` names the first option that is wrong.
    """
    for name, choices in _CHOICES.items():
        value = getattr(options, name)
        if value not in choices:
            raise InvalidOption(f"{name} is one of {', '.join(choices)}.", option=name)
    for name in _SWITCHES:
        if not isinstance(getattr(options, name), bool):
            raise InvalidOption(f"{name} is true or false.", option=name)
    for name in _TEXTS:
        if not isinstance(getattr(options, name), str):
            raise InvalidOption(f"{name} is a text.", option=name)
    if options.model is not None and not (isinstance(options.model, str) and options.model):
        raise InvalidOption("model is the name of a model.", option="model")
    if not isinstance(options.quality, int) or isinstance(options.quality, bool):
        raise InvalidOption("quality is a whole number.", option="quality")
    if not 1 <= options.quality <= 100:
        raise InvalidOption("quality lies between 1 and 100.", option="quality")
    _check_number("shadow_opacity", options.shadow_opacity, 0, 1)
    parse_margin(options.crop_margin)
    parse_scale(options.scale)
    parse_position(options.position)
    parse_size(options.size)
    _check_background(options)
    if options.format == "zip" and options.mask_only:
        raise InvalidOption(
            "A ZIP holds colour and mask; ask for another format with mask_only.", option="format"
        )


def _check_background(options: Options) -> None:
    given = [
        name
        for name in ("background_color", "background_image", "background_blur")
        if getattr(options, name) is not None
    ]
    if len(given) > 1:
        raise InvalidOption(f"Only one background at a time: {' or '.join(given)}.", option=given[1])
    if options.background_color is not None:
        if not isinstance(options.background_color, str):
            raise InvalidOption("background_color is a text.", option="background_color")
        parse_color(options.background_color)
    if options.background_blur is not None:
        _check_number("background_blur", options.background_blur, 0, MAX_BLUR_PERCENT)
        if options.background_blur == 0:
            raise InvalidOption("background_blur is above 0.", option="background_blur")
    if options.background_image is not None:
        _check_background_image(options.background_image)


def _check_background_image(image: BackgroundImage) -> None:
    option = "background_image"
    if isinstance(image, Path):
        if not image.is_file():
            raise InvalidOption("The background image is not there.", option=option)
    elif isinstance(image, np.ndarray):
        if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or image.size == 0:
            raise InvalidOption("A background array is HxWx3 of uint8.", option=option)
    elif not isinstance(image, bytes) or not image:
        raise InvalidOption("The background image is a file, bytes or an array.", option=option)


def _check_number(name: str, value: float, low: float, high: float) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise InvalidOption(f"{name} is a number.", option=name)
    if not low <= value <= high:
        raise InvalidOption(f"{name} lies between {low:g} and {high:g}.", option=name)
