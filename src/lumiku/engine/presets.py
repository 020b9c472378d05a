"""Sizes and backgrounds that marketplaces and networks want, as data: one row each."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Preset:
    """How a shop's main picture should look.

    Attributes:
        name: what `size` takes.
        width, height: of the canvas, in pixels.
        background: a colour for `parse_color` where the place wants one, else None (stays transparent).
        subject_fill: the subject's longer share of the canvas, 0..1.
        source: what width, height, background and fill rest on.
    """

    name: str
    width: int
    height: int
    background: str | None
    subject_fill: float
    source: str


_COMPARISON = "app.tutujin.com/en/guide/marketplace-image-specs (2026)"
_INSTAGRAM = "recurpost.com/blog/instagram-post-size-guide, citing Instagram's help centre"
# Sizes that sellers commonly use; no published source was found, and the places accept others too.
_CUSTOM = "common practice, no published source"

_ROWS = (
    Preset("amazon", 2000, 2000, "#ffffff", 0.85, f"{_COMPARISON}: white required, at least 85 %"),
    Preset("ebay", 1600, 1600, "#ffffff", 0.85, f"{_COMPARISON}: white advised, 80-90 %"),
    Preset(
        "etsy", 2000, 2000, None, 0.8, "hauld.app/blog/etsy-listing-photo-checklist; the fill is our choice"
    ),
    Preset(
        "shopify", 2048, 2048, None, 0.85, f"{_COMPARISON}: no rule on colour or fill, the fill is our choice"
    ),
    Preset("instagram", 1080, 1080, None, 0.85, f"{_INSTAGRAM}; the fill is our choice"),
    Preset("instagram-portrait", 1080, 1350, None, 0.85, f"{_INSTAGRAM}; the fill is our choice"),
    Preset("instagram-story", 1080, 1920, None, 0.85, f"{_INSTAGRAM}; the fill is our choice"),
    Preset("tokopedia", 1200, 1200, "#ffffff", 0.85, _CUSTOM),
    Preset("shopee", 1024, 1024, "#ffffff", 0.85, _CUSTOM),
    Preset("lazada", 1200, 1200, "#ffffff", 0.85, _CUSTOM),
)

PRESETS: Mapping[str, Preset] = MappingProxyType({row.name: row for row in _ROWS})
