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


_ROWS = (
    Preset("amazon", 2000, 2000, "#ffffff", 0.85, "common practice"),
    Preset("ebay", 1600, 1600, "#ffffff", 0.85, "common practice"),
    Preset("etsy", 2000, 2000, None, 0.80, "common practice"),
    Preset("shopify", 2048, 2048, None, 0.85, "common practice"),
    Preset("tokopedia", 1200, 1200, "#ffffff", 0.85, "common practice"),
    Preset("shopee", 1024, 1024, "#ffffff", 0.85, "common practice"),
    Preset("lazada", 1200, 1200, "#ffffff", 0.85, "common practice"),
    Preset("instagram", 1080, 1080, None, 0.85, "common practice"),
)

PRESETS: Mapping[str, Preset] = MappingProxyType({row.name: row for row in _ROWS})
