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
MAX_CANVAS_MEGAPIXELS = 50
MAX_MEGAPIXELS = 1000.0
MAX_BLUR_PERCENT = 50.0
BLUR_ALLOWED = f"a percentage above 0, at most {MAX_BLUR_PERCENT:.0f}"

_HEX = re.compile(r"#?([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})", re.ASCII)
_LENGTH = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)(px|%|)", re.ASCII)
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)%?", re.ASCII)
_MEGAPIXELS = re.compile(r"(\d{1,4}(?:\.\d{1,6})?)\s?mp", re.ASCII)
_PIXELS = re.compile(r"(\d{1,6})\s?[x×]\s?(\d{1,6})", re.ASCII)
_LENGTHS = f'"12px" (at most {MAX_MARGIN_PX:.0f}) or "5%" of the subject (at most {MAX_MARGIN_PERCENT:.0f})'


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


def refused(option: str, value: object, allowed: str) -> InvalidOption:
    """The error for a value that an option cannot have; the option stands in backticks.

    Args:
        option: a field of `Options`.
        value: what was given.
        allowed: what would do, as a noun.
    """
    return InvalidOption(f"`{option}` cannot be {_quoted(value)}: {allowed}.", option=option)


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
        raise refused(option, text, "#rgb, #rgba, #rrggbb, #rrggbbaa or the name of a colour")
    digits = match[1] if len(match[1]) > 4 else "".join(digit * 2 for digit in match[1])
    return Rgba(*bytes.fromhex(digits))


def parse_margin(text: str, option: str = "crop_margin") -> Margins:
    """Margins from 1 (all), 2 (vertical, horizontal) or 4 (top right bottom left) of "12", "12px", "5%".

    Raises:
        InvalidOption: malformed, or over 50 % of the subject or 500 px a side.
    """
    lengths = [_length(part, option, text) for part in text.split()]
    match lengths:
        case [all_sides]:
            return Margins(all_sides, all_sides, all_sides, all_sides)
        case [vertical, horizontal]:
            return Margins(vertical, horizontal, vertical, horizontal)
        case [top, right, bottom, left]:
            return Margins(top, right, bottom, left)
        case _:
            raise refused(option, text, f"1, 2 or 4 values, each {_LENGTHS}")


def parse_scale(text: str, option: str = "scale") -> float | None:
    """The subject's share of the canvas, 0.1..1, or None for "original".

    Raises:
        InvalidOption: neither, or out of range.
    """
    word = text.strip().lower()
    if word == "original":
        return None
    percent = _percent(word)
    if percent is None or percent < 10:
        raise refused(option, text, '"original" or a percentage from 10 to 100')
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
    match [_percent(part) for part in word.split()]:
        case [float(both)]:
            return Place(both / 100, both / 100)
        case [float(x), float(y)]:
            return Place(x / 100, y / 100)
    raise refused(option, text, '"original", "center", or one or two percentages from 0 to 100')


def parse_blur(text: str, option: str = "background_blur") -> float:
    """A radius in percent of the long side, as the command line takes it; `validate` checks its range.

    Raises:
        InvalidOption: it is no percentage.
    """
    percent = _percent(text.strip())
    if percent is None:
        raise refused(option, text, BLUR_ALLOWED)
    return percent


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
            raise refused(option, text, f"0.0001mp to {MAX_MEGAPIXELS:.0f}mp")
        return Size(max_pixels=math.floor(megapixels * 1_000_000))
    if match := _PIXELS.fullmatch(word):
        width, height = int(match[1]), int(match[2])
        if not (1 <= width <= MAX_SIDE_PX and 1 <= height <= MAX_SIDE_PX):
            raise refused(option, text, f"1 to {MAX_SIDE_PX} pixels a side")
        if width * height > MAX_CANVAS_MEGAPIXELS * 1_000_000:
            raise refused(option, text, f"at most {MAX_CANVAS_MEGAPIXELS} megapixels")
        return Size(width=width, height=height)
    raise refused(option, text, f'"full", megapixels ("4mp"), "800x600" or one of {", ".join(PRESETS)}')


def _length(text: str, option: str, whole: str) -> Length:
    match = _LENGTH.fullmatch(text.lower())
    if match is None:
        raise refused(option, whole, _LENGTHS)
    length = Length(float(match[1]), "%" if match[2] == "%" else "px")
    if length.value > (MAX_MARGIN_PERCENT if length.unit == "%" else MAX_MARGIN_PX):
        raise refused(option, whole, _LENGTHS)
    return length


def _percent(text: str) -> float | None:
    """0..100, with its sign or without; None where it is none."""
    match = _PERCENT.fullmatch(text)
    percent = float(match[1]) if match else None
    return percent if percent is None or percent <= 100 else None


def _quoted(value: object) -> str:
    """The value for a one-line message: shortened, and without control characters."""
    if not isinstance(value, str):
        text = repr(value) if isinstance(value, int | float | None) else type(value).__name__
        return text if len(text) <= 40 else text[:40] + "..."
    return repr(value if len(value) <= 40 else value[:40] + "...")
