"""What a removal can be asked for."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from lumiku.engine.types import U8

Tier = Literal["basic", "standard", "professional", "industry"]
OutputFormat = Literal["auto", "png", "webp", "jpeg", "avif", "zip"]
Compression = Literal["auto", "fast", "small"]
Shadow = Literal["none", "drop", "contact"]
ColorProfile = Literal["keep", "srgb"]

TIERS: tuple[Tier, ...] = get_args(Tier)

BackgroundImage: TypeAlias = bytes | Path | U8


@dataclass(frozen=True, slots=True, eq=False)
class Options:
    """Everything that changes the result, with the defaults that most pictures want.

    Attributes:
        tier: which pipeline finds the matte.
        model: one model instead of the tier's, run alone in one pass.
        mask_only: give the matte itself (grey) instead of the cutout.
        format: of the file; "auto" is PNG where anything is transparent, else JPEG.
        quality: 1..100 for WebP, JPEG and AVIF.
        lossless: WebP without loss.
        compression: PNG: "fast", "small", or "auto" (fast, at most 15 % larger than "small").
        background_color: "#rgb", "#rgba", "#rrggbb", "#rrggbbaa" (with or without #) or a CSS colour name.
        background_image: encoded bytes, a file, or an HxWx3 array; covers the canvas, centred.
        background_blur: the picture's own background, blurred by this radius in percent of its long side.
        crop: cut the canvas to the subject.
        crop_margin: around the subject: 1, 2 (vertical, horizontal) or 4 values (top right bottom left),
            each "12px", "12" (px) or "5%" (of the subject).
        scale: the subject's size on the canvas, "10%".."100%" (% or not), or "original".
        position: "original", "center", or "x%" / "x% y%" for the subject's place on the canvas.
        size: "full", megapixels ("0.25mp", "4mp"), "WxH" in pixels, or a marketplace preset's name.
        shadow: a shadow under ("contact") or behind ("drop") the subject.
        shadow_opacity: 0..1.
        decontaminate: estimate the subject's own colour where it is partly transparent.
        color_profile: "keep" the embedded profile or convert to "srgb".
    """

    tier: Tier = "standard"
    model: str | None = None
    mask_only: bool = False
    format: OutputFormat = "png"
    quality: int = 90
    lossless: bool = False
    compression: Compression = "auto"
    background_color: str | None = None
    background_image: BackgroundImage | None = None
    background_blur: float | None = None
    crop: bool = False
    crop_margin: str = "0"
    scale: str = "original"
    position: str = "original"
    size: str = "full"
    shadow: Shadow = "none"
    shadow_opacity: float = 0.4
    decontaminate: bool = True
    color_profile: ColorProfile = "keep"
