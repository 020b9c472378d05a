"""From colour and matte to the canvas that is written: layout, shadow, background."""

from dataclasses import dataclass

import numpy as np

from lumiku.engine.option_values import Rgba, parse_color, parse_size
from lumiku.engine.options import Options
from lumiku.engine.steps.background import blur, cover
from lumiku.engine.steps.blend import darken, over_opaque, over_translucent
from lumiku.engine.steps.layout import Layout, find_subject, plan_layout
from lumiku.engine.steps.resample import lay_out, lay_out_matte
from lumiku.engine.steps.shadow import cast_shadow, shadow_extent
from lumiku.engine.types import U8, Box

_TRANSPARENT = Rgba(0, 0, 0, 0)


@dataclass(frozen=True, slots=True, eq=False)
class Canvas:
    """What is written to a file. Its arrays may be those given to `compose` or views of them: only read them.

    Attributes:
        rgb: HxWx3 uint8 straight colour, without meaning where alpha is 0; HxW where the mask was asked for.
        alpha: HxW uint8, or None where the canvas is opaque.
        icc_profile: the profile that `rgb` is in, or None for sRGB.
        subject: its box on the canvas, or None where there is none.
    """

    rgb: U8
    alpha: U8 | None
    icc_profile: bytes | None = None
    subject: Box | None = None

    @property
    def width(self) -> int:
        """Width in pixels."""
        return int(self.rgb.shape[1])

    @property
    def height(self) -> int:
        """Height in pixels."""
        return int(self.rgb.shape[0])


def compose(
    rgb: U8, matte: U8, original: U8, options: Options, *, icc_profile: bytes | None = None
) -> Canvas:
    """Put a foreground on the canvas that the options describe.

    Args:
        rgb: HxWx3 uint8, straight foreground colour.
        matte: HxW uint8, with the picture's own alpha folded in.
        original: HxWx3 uint8, the picture as decoded; only a blurred background looks at it.
        options: see Options; those about models and files do not count here.
        icc_profile: of `rgb`, handed on.

    Returns:
        The canvas. Without a change of scale, opaque pixels keep their colour exactly.

    Raises:
        InvalidOption: an option makes no sense.
        ImageTooLarge: the canvas would be too large.
        InvalidInput: the background image cannot be read.
    """
    height, width = matte.shape
    subject = find_subject(matte)
    shadow = "none" if options.mask_only else options.shadow
    extent = None if subject is None else shadow_extent(subject, shadow)
    plan = plan_layout(width, height, subject, extent, options)
    box = None if subject is None else plan.foreground.place(subject)
    if options.mask_only:
        return Canvas(lay_out_matte(matte, plan.foreground), None, None, box)
    colour, alpha = lay_out(rgb, matte, plan.foreground)
    shade = None
    if box is not None and shadow != "none" and box.width and box.height:
        shade = cast_shadow(alpha, box, shadow, options.shadow_opacity)
    backdrop = _backdrop(original, matte, plan.background, options)
    if backdrop is not None:
        if shade is not None:
            backdrop = darken(backdrop, shade)
        return Canvas(over_opaque(colour, alpha, backdrop), None, icc_profile, box)
    if shade is not None:
        colour, alpha = over_translucent(colour, alpha, (0, 0, 0), shade)
    tint = _background_color(options)
    if tint.alpha:
        colour, alpha = over_translucent(colour, alpha, tint[:3], tint.alpha)
    return Canvas(colour, alpha, icc_profile, box)


def flatten(canvas: Canvas) -> Canvas:
    """The canvas on white, for formats without transparency."""
    if canvas.alpha is None:
        return canvas
    white = np.full(canvas.rgb.shape, 255, np.uint8)
    flat = over_opaque(canvas.rgb, canvas.alpha, white)
    return Canvas(flat, None, canvas.icc_profile, canvas.subject)


def _backdrop(original: U8, matte: U8, layout: Layout, options: Options) -> U8 | None:
    """The opaque background of the whole canvas, or None where light comes through."""
    if options.background_image is not None:
        return cover(options.background_image, layout.width, layout.height, options)
    if options.background_blur is not None:
        return blur(original, matte, layout, options.background_blur)
    color = _background_color(options)
    if color.alpha == 255:
        backdrop = np.empty((layout.height, layout.width, 3), np.uint8)
        backdrop[0] = color[:3]
        backdrop[1:] = backdrop[0]  # whole rows, for three bytes at a time are much slower
        return backdrop
    return None


def _background_color(options: Options) -> Rgba:
    if options.background_color is not None:
        return parse_color(options.background_color)
    preset = parse_size(options.size).preset
    if preset is not None and preset.background is not None:
        return parse_color(preset.background)
    return _TRANSPARENT
