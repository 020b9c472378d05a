"""A provider's bytes read as a matte; whatever is not clearly one of the picture sent is a failure."""

import io
import json
import re

import numpy as np
from PIL import Image

from lumiku.engine.types import F32

MIN_LONG_SIDE_PX = 256
MAX_PIXELS = 16_000_000
PNG_END = b"IEND\xaeB`\x82"
FORMATS = ("PNG", "WEBP")
EXCERPT_CHARS = 160


class NoMatte(Exception):
    """The answer is not a matte of the picture sent; says why. Stays inside this package."""


def alpha_of(data: bytes, height: int, width: int) -> F32:
    """The alpha of an encoded picture.

    Args:
        data: a PNG or WebP file.
        height: of the picture that was sent, in pixels.
        width: likewise.

    Returns:
        hxw float32 in [0, 1] at the answer's own size.

    Raises:
        NoMatte: no such file, damaged, without alpha, of another shape, or opaque everywhere: a picture from
            which nothing was removed cannot be told from the echo of a service that did nothing.
    """
    image = _open(data, height, width)
    if not image.has_transparency_data:
        raise NoMatte(f"a {image.format} picture without alpha")
    return _matte(_load(image).convert("RGBA").getchannel("A"))


def mask_of(data: bytes, height: int, width: int) -> F32:
    """The grey levels of an encoded black-and-white mask; arguments, result and errors as in `alpha_of`."""
    image = _open(data, height, width)
    if image.mode not in {"1", "L"} or image.has_transparency_data:
        raise NoMatte(f"a mask that is not grey (mode {image.mode})")
    return _matte(_load(image).convert("L"))


def json_of(data: bytes) -> object:
    """The JSON value in `data`, or None where it is not JSON."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def excerpt(data: bytes, secret: str) -> str:
    """What the provider says went wrong, fit for one line: no key of ours, nothing that looks like a key."""
    value = json_of(data)
    for name in ("error", "message", "detail"):
        if isinstance(value, dict) and isinstance(value.get(name), (str, dict)):
            value = value[name]
    if not isinstance(value, str):
        return ""
    text = value.replace(secret, "***") if secret else value
    text = re.sub(r"[A-Za-z0-9_+=-]{16,}", "***", text)
    text = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return text if len(text) <= EXCERPT_CHARS else text[: EXCERPT_CHARS - 3] + "..."


def _open(data: bytes, height: int, width: int) -> Image.Image:
    """Read the header alone and judge the size by it, before any pixel takes memory."""
    if not data:
        raise NoMatte("an empty body")
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except Exception:  # Pillow's plugins raise anything at all on damaged files
        raise NoMatte(f"{_kind(data)} rather than a whole PNG or WebP picture") from None
    # Pillow forgives a PNG without its end where the pixels are all there; a cut answer is none to us.
    if image.format == "PNG" and PNG_END not in data[-64:]:
        raise NoMatte("a damaged PNG picture")
    if image.width * image.height > MAX_PIXELS:
        raise NoMatte(f"a picture of {image.width}x{image.height} pixels, more than we read")
    if not _same_shape(image.height, image.width, height, width):
        raise NoMatte(f"a picture of {image.width}x{image.height} pixels where {width}x{height} was sent")
    return image


def _load(image: Image.Image) -> Image.Image:
    try:
        image.load()
    except Exception:  # as above
        raise NoMatte(f"a damaged {image.format} picture") from None
    return image


def _matte(grey: Image.Image) -> F32:
    alpha = np.asarray(grey, dtype=np.float32) / np.float32(255)
    if float(alpha.min()) == 1.0:
        raise NoMatte("an opaque picture: nothing was removed")
    return alpha


def _same_shape(height: int, width: int, sent_height: int, sent_width: int) -> bool:
    """Whether one size is the other scaled: to a pixel, and no mere thumbnail of it."""
    long_side, sent_long_side = max(height, width), max(sent_height, sent_width)
    if long_side < min(sent_long_side, MIN_LONG_SIDE_PX):
        return False
    scale = long_side / sent_long_side
    return abs(sent_height * scale - height) <= 1 and abs(sent_width * scale - width) <= 1


def _kind(data: bytes) -> str:
    start = data[:64].lstrip().lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        return "a web page"
    if start.startswith((b"{", b"[")):
        return "JSON"
    return "a JPEG picture" if start.startswith(b"\xff\xd8\xff") else "bytes"
