"""Parsers of the small languages that options are written in: colours, lengths, places, sizes."""

import math
import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

from PIL import ImageColor

from lumiku.engine.errors import InvalidOption
from lumiku.engine.presets import PRESETS, Preset

MAX_MARGIN_PERCENT = 50.0
MAX_MARGIN_PX = 500.0
MAX_SIDE_PX = 16383  # the longest side that WebP can hold; the other formats allow more
MAX_CANVAS_MEGAPIXELS = 100
MAX_MEGAPIXELS = 1000.0

_HEX = re.compile(r"#?([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})", re.ASCII)
_LENGTH = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)(px|%|)", re.ASCII)
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)%", re.ASCII)
_MEGAPIXELS = re.compile(r"(\d{1,4}(?:\.\d{1,6})?)\s?mp", re.ASCII)
_PIXELS = re.compile(r"(\d{1,6})\s?[x×]\s?(\d{1,6})", re.ASCII)


class Rgba(NamedTuple):
    """A colour, straight, 0..255 a channel."""

    red: int
    green: int
    blue: int
    alpha: int = 255


class Length(NamedTuple):
    """A distance, absolute or relative to something that the option names."""

    value: float
    unit: Literal["px", "%"]

    def pixels(self, whole: int) -> int:
        """Whole pixels, of `whole` pixels where relative."""
        return round(self.value if self.unit == "px" else whole * self.value / 100)


class Margins(NamedTuple):
    """The space around the subject, in the order of CSS."""

    top: Length
    right: Length
    bottom: Length
    left: Length


class Place(NamedTuple):
    """Where the subject stands in the room it leaves: 0 is the left or top edge, 1 the right or bottom."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Size:
    """What the canvas is fitted to: at most so many pixels, or exactly width x height; else as it is."""

    max_pixels: int | None = None
    width: int | None = None
    height: int | None = None
    preset: Preset | None = None


CENTER = Place(0.5, 0.5)


def parse_color(text: str, option: str = "background_color") -> Rgba:
    """A colour from 3, 4, 6 or 8 hexadecimal digits (# or not) or a CSS name.

    Raises:
        InvalidOption: it is neither.
    """
    name = text.strip().lower()
    if name == "transparent":
        return Rgba(0, 0, 0, 0)
    if name in ImageColor.colormap:
        return Rgba(*ImageColor.getrgb(name))
    match = _HEX.fullmatch(name)
    if match is None:
        raise InvalidOption(
            f"{_quoted(text)} is no colour: use #rgb, #rrggbb, #rrggbbaa or a name.", option=option
        )
    digits = match[1] if len(match[1]) > 4 else "".join(digit * 2 for digit in match[1])
    return Rgba(*bytes.fromhex(digits))


def parse_margin(text: str, option: str = "crop_margin") -> Margins:
    """Margins from 1 (all), 2 (vertical, horizontal) or 4 (top right bottom left) of "12", "12px", "5%".

    Raises:
        InvalidOption: malformed, or over 50 % of the subject or 500 px a side.
    """
    lengths = [_length(part, option) for part in text.split()]
    match lengths:
        case [all_sides]:
            return Margins(all_sides, all_sides, all_sides, all_sides)
        case [vertical, horizontal]:
            return Margins(vertical, horizontal, vertical, horizontal)
        case [top, right, bottom, left]:
            return Margins(top, right, bottom, left)
        case _:
            raise InvalidOption(f"A margin has 1, 2 or 4 values, not {len(lengths)}.", option=option)


def parse_scale(text: str, option: str = "scale") -> float | None:
    """The subject's share of the canvas, 0.1..1, or None for "original".

    Raises:
        InvalidOption: neither, or out of range.
    """
    word = text.strip().lower()
    if word == "original":
        return None
    percent = _percent(word, option, 'use "original" or "10%" to "100%"')
    if percent < 10:
        raise InvalidOption("A scale is at least 10%.", option=option)
    return percent / 100


def parse_position(text: str, option: str = "position") -> Place | None:
    """The subject's place, or None for "original"; one value counts for both directions.

    Raises:
        InvalidOption: malformed, or out of 0 %..100 %.
    """
    word = text.strip().lower()
    if word == "original":
        return None
    if word == "center":
        return CENTER
    values = [_percent(part, option, 'use "original", "center", "x%" or "x% y%"') for part in word.split()]
    match values:
        case [both]:
            return Place(both / 100, both / 100)
        case [x, y]:
            return Place(x / 100, y / 100)
        case _:
            raise InvalidOption(f"A position has 1 or 2 values, not {len(values)}.", option=option)


def parse_size(text: str, option: str = "size") -> Size:
    """The size from "full", megapixels ("0.25mp"), "WxH" or the name of a preset.

    Raises:
        InvalidOption: none of these, or out of range.
    """
    word = text.strip().lower()
    if word == "full":
        return Size()
    if preset := PRESETS.get(word):
        return Size(width=preset.width, height=preset.height, preset=preset)
    if match := _MEGAPIXELS.fullmatch(word):
        megapixels = float(match[1])
        if not 0.0001 <= megapixels <= MAX_MEGAPIXELS:
            raise InvalidOption(f"A size lies between 0.0001mp and {MAX_MEGAPIXELS:.0f}mp.", option=option)
        return Size(max_pixels=math.floor(megapixels * 1_000_000))
    if match := _PIXELS.fullmatch(word):
        width, height = int(match[1]), int(match[2])
        if not (1 <= width <= MAX_SIDE_PX and 1 <= height <= MAX_SIDE_PX):
            raise InvalidOption(f"A side lies between 1 and {MAX_SIDE_PX} pixels.", option=option)
        if width * height > MAX_CANVAS_MEGAPIXELS * 1_000_000:
            raise InvalidOption(f"A size has at most {MAX_CANVAS_MEGAPIXELS} megapixels.", option=option)
        return Size(width=width, height=height)
    known = ", ".join(PRESETS)
    raise InvalidOption(
        f'{_quoted(text)} is no size: use "full", "4mp", "800x600" or one of {known}.', option=option
    )


def _length(text: str, option: str) -> Length:
    match = _LENGTH.fullmatch(text.lower())
    if match is None:
        raise InvalidOption(f'{_quoted(text)} is no length: use "12px" or "5%".', option=option)
    value = float(match[1])
    if match[2] == "%":
        if value > MAX_MARGIN_PERCENT:
            raise InvalidOption(
                f"A margin is at most {MAX_MARGIN_PERCENT:.0f}% of the subject.", option=option
            )
        return Length(value, "%")
    if value > MAX_MARGIN_PX:
        raise InvalidOption(f"A margin is at most {MAX_MARGIN_PX:.0f}px a side.", option=option)
    return Length(value, "px")


def _percent(text: str, option: str, usage: str) -> float:
    match = _PERCENT.fullmatch(text)
    if match is None:
        raise InvalidOption(f"{_quoted(text)} is no {option}: {usage}.", option=option)
    value = float(match[1])
    if value > 100:
        raise InvalidOption(f"A {option} is at most 100%.", option=option)
    return value


def _quoted(text: str) -> str:
    """The value for a one-line message: shortened, and without control characters."""
    return repr(text if len(text) <= 40 else text[:40] + "...")
