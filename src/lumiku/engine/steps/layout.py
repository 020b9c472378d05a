"""Where the picture lies on the canvas: crop, margin, scale, position and size as one scale and shift."""

import math
from dataclasses import dataclass

import cv2

from lumiku.engine.errors import ImageTooLarge
from lumiku.engine.option_values import (
    CENTER,
    MAX_CANVAS_MEGAPIXELS,
    Margins,
    Size,
    parse_margin,
    parse_position,
    parse_scale,
    parse_size,
)
from lumiku.engine.options import Options
from lumiku.engine.types import U8, Box

# Fainter than this (5 %) a pixel is haze: invisible, and no reason for a larger crop.
SUBJECT_ALPHA = 13
MAX_CANVAS_PIXELS = MAX_CANVAS_MEGAPIXELS * 1_000_000


@dataclass(frozen=True, slots=True)
class Layout:
    """A canvas and the picture's place on it: point (x, y) lies at (left + x * scale, top + y * scale).

    Attributes:
        width, height: of the canvas, in pixels.
        scale: canvas pixels for each picture pixel, in both directions.
        left, top: of the picture's corner on the canvas; whole numbers where scale is 1.
    """

    width: int
    height: int
    scale: float = 1.0
    left: float = 0.0
    top: float = 0.0

    def place(self, box: Box) -> Box:
        """A box of the picture, on the canvas and cut to it."""
        return Box(
            min(max(math.floor(self.left + box.left * self.scale + 1e-6), 0), self.width),
            min(max(math.floor(self.top + box.top * self.scale + 1e-6), 0), self.height),
            min(max(math.ceil(self.left + box.right * self.scale - 1e-6), 0), self.width),
            min(max(math.ceil(self.top + box.bottom * self.scale - 1e-6), 0), self.height),
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """The layout of the foreground, and that of a background made from the same picture.

    They differ where the subject is scaled or moved: its old surroundings stay.
    """

    foreground: Layout
    background: Layout


def find_subject(matte: U8) -> Box | None:
    """The smallest box around everything that can be seen; None where nothing can.

    Args:
        matte: HxW uint8.
    """
    _, visible = cv2.threshold(matte, SUBJECT_ALPHA - 1, 255, cv2.THRESH_BINARY)
    left, top, width, height = cv2.boundingRect(visible)
    return Box(left, top, left + width, top + height) if width else None


def plan_layout(width: int, height: int, subject: Box | None, extent: Box | None, options: Options) -> Plan:
    """Lay out the canvas.

    Args:
        width, height: of the picture.
        subject: its box in the picture; without one there is nothing to crop to, scale or move.
        extent: the box of the subject with its shadow, which a crop keeps.
        options: crop, crop_margin, scale, position and size count.

    Raises:
        InvalidOption: an option makes no sense.
        ImageTooLarge: the canvas would exceed MAX_CANVAS_PIXELS and the picture.
    """
    size = parse_size(options.size)
    preset = size.preset
    scale = parse_scale(options.scale)
    if scale is None and preset is not None:
        scale = preset.subject_fill
    place = parse_position(options.position)
    if place is None and scale is not None:
        place = CENTER
    frame = Box(0, 0, width, height)
    if subject is not None and extent is not None and (options.crop or preset is not None):
        frame = _widen(extent, subject, parse_margin(options.crop_margin))
    background = _fit(frame, size)
    if background.width * background.height > max(MAX_CANVAS_PIXELS, width * height):
        raise ImageTooLarge(f"A canvas has at most {MAX_CANVAS_PIXELS:,} pixels.")
    if subject is None or place is None:
        return Plan(background, background)
    factor = background.scale
    if scale is not None:
        factor = scale * min(background.width / subject.width, background.height / subject.height)
    left = place.x * (background.width - subject.width * factor) - subject.left * factor
    top = place.y * (background.height - subject.height * factor) - subject.top * factor
    return Plan(_layout(background.width, background.height, factor, left, top), background)


def most_pixels(width: int, height: int, options: Options) -> int:
    """At most so many pixels has the canvas of `plan_layout`, whatever the subject is."""
    size = parse_size(options.size)
    if size.width is not None and size.height is not None:
        return size.width * size.height
    if options.crop and options.crop_margin != "0":
        return max(MAX_CANVAS_PIXELS, width * height)
    return width * height


def _widen(extent: Box, subject: Box, margins: Margins) -> Box:
    return Box(
        extent.left - margins.left.pixels(subject.width),
        extent.top - margins.top.pixels(subject.height),
        extent.right + margins.right.pixels(subject.width),
        extent.bottom + margins.bottom.pixels(subject.height),
    )


def _fit(frame: Box, size: Size) -> Layout:
    """The canvas that shows a frame of the picture at the size asked for."""
    if size.width is not None and size.height is not None:
        width, height = size.width, size.height
        factor = min(width / frame.width, height / frame.height)
    else:
        factor = 1.0
        if size.max_pixels is not None:
            factor = min(1.0, math.sqrt(size.max_pixels / (frame.width * frame.height)))
        width = max(1, math.floor(frame.width * factor + 1e-9))
        height = max(1, math.floor(frame.height * factor + 1e-9))
    left = (width - frame.width * factor) / 2 - frame.left * factor
    top = (height - frame.height * factor) / 2 - frame.top * factor
    return _layout(width, height, factor, left, top)


def _layout(width: int, height: int, scale: float, left: float, top: float) -> Layout:
    if abs(scale - 1) * max(width, height) < 0.25:
        return Layout(width, height, 1.0, float(round(left)), float(round(top)))
    return Layout(width, height, scale, left, top)
