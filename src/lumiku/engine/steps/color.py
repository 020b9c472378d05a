"""Brings any of Pillow's modes to eight-bit RGB and alpha, and colour profiles to sRGB where they must go."""

import io
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageCms

from lumiku.engine.errors import UnreadableImage
from lumiku.engine.types import F32, U8

_STRIP_PIXELS = 1 << 20
_MAX_PROFILE_BYTES = 8_000_000
_DEEP_MODES = frozenset({"I", "F", "I;16", "I;16L", "I;16B", "I;16N"})
_KEYED_MODES = _DEEP_MODES | {"1", "L", "RGB"}
_INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC
_FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION


class Pixels(NamedTuple):
    """HxWx3 uint8, HxW uint8 or None where all is opaque, and the colour's profile (None: sRGB)."""

    rgb: U8
    alpha: U8 | None
    icc_profile: bytes | None


def profile_of(image: Image.Image) -> bytes | None:
    """The embedded profile, or None where there is none or it is no profile."""
    profile = image.info.get("icc_profile")
    if not isinstance(profile, bytes) or not 128 <= len(profile) <= _MAX_PROFILE_BYTES:
        return None
    return profile if profile[36:40] == b"acsp" else None


def is_rgb_profile(profile: bytes) -> bool:
    """Whether the profile is for RGB pixels (ICC.1:2022, header bytes 16 to 19)."""
    return profile[16:20] == b"RGB "


def to_pixels(image: Image.Image, *, srgb: bool, key_depth: int) -> Pixels:
    """Convert a loaded image.

    The image is converted in strips, so that the largest temporary is a few megabytes.

    Args:
        image: of any mode, loaded.
        srgb: convert to sRGB even where an RGB profile could be kept.
        key_depth: bits a sample that the file's transparent colour is given in (PNG tRNS).

    Returns:
        The pixels. Profiles that are not for RGB are always converted, since the result is RGB.

    Raises:
        UnreadableImage: no conversion from the image's mode is known.
    """
    alpha = _alpha_of_key(image, key_depth) if image.mode in _KEYED_MODES else None
    if image.mode in _DEEP_MODES:
        image, profile = _to_eight_bits(image), profile_of(image)
    else:
        profile = profile_of(image)
    source = "RGBA" if _has_alpha_channel(image) else _profile_mode(image.mode)
    keep = source in {"RGB", "RGBA"} and profile is not None and is_rgb_profile(profile) and not srgb
    transform = None if keep else _transform(profile, "RGB" if source == "RGBA" else source)

    width, height = image.size
    rgb = np.empty((height, width, 3), np.uint8)
    if source == "RGBA":
        alpha = np.empty((height, width), np.uint8)
    step = max(1, _STRIP_PIXELS // width)
    for top in range(0, height, step):
        strip = image.crop((0, top, width, min(height, top + step)))
        if image.mode in _KEYED_MODES:
            strip.info.pop("transparency", None)
        if strip.mode != source:
            strip = _convert(strip, source)
        if source == "RGBA" and alpha is not None:
            alpha[top : top + step] = np.asarray(strip.getchannel("A"))
            strip = _convert(strip, "RGB")
        if transform is not None:
            strip = ImageCms.applyTransform(strip, transform) or strip
        elif strip.mode != "RGB":
            strip = _convert(strip, "RGB")
        rgb[top : top + step] = np.asarray(strip)
    if alpha is not None and int(alpha.min()) == 255:
        alpha = None
    return Pixels(rgb, alpha, profile if keep else None)


def array_to_srgb(rgb: U8, profile: bytes) -> bool:
    """Convert HxWx3 uint8 in place from an RGB profile to sRGB; False where the profile is of no use."""
    transform = _transform(profile, "RGB")
    if transform is None:
        return False
    step = max(1, _STRIP_PIXELS // rgb.shape[1])
    for top in range(0, rgb.shape[0], step):
        strip = ImageCms.applyTransform(Image.fromarray(rgb[top : top + step]), transform)
        rgb[top : top + step] = np.asarray(strip)
    return True


def _has_alpha_channel(image: Image.Image) -> bool:
    return image.mode not in _KEYED_MODES and image.has_transparency_data


def _profile_mode(mode: str) -> str:
    """The mode in which a profile applies to pixels of `mode`."""
    if mode in {"CMYK", "LAB", "L"}:
        return mode
    return "L" if mode in {"1", "LA", "La"} else "RGB"


def _transform(profile: bytes | None, mode: str) -> ImageCms.ImageCmsTransform | None:
    """From `profile` to sRGB for pixels of `mode`, or None where the two do not fit or there is none."""
    source: ImageCms.ImageCmsProfile
    try:
        if mode == "LAB":
            source = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
        elif profile is None or profile[16:20] != {"L": b"GRAY", "CMYK": b"CMYK"}.get(mode, b"RGB "):
            return None
        else:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        return ImageCms.buildTransform(source, target, mode, "RGB", _INTENT, _FLAGS)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def _convert(image: Image.Image, mode: str) -> Image.Image:
    try:
        return image.convert(mode)
    except ValueError as error:
        if image.mode == "La":
            return image.convert("LA").convert(mode)
        raise UnreadableImage(f"The picture's colour mode {image.mode} is not supported.") from error


def _alpha_of_key(image: Image.Image, depth: int) -> U8 | None:
    """The alpha of a picture in which one colour is transparent."""
    key = image.info.get("transparency")
    if image.mode == "RGB" and isinstance(key, tuple) and len(key) == 3:
        # Pillow keeps the high byte of 16-bit RGB, so only that can be compared.
        wanted = np.array([value >> 8 if depth == 16 else value & 255 for value in key], np.uint8)
        opaque = (np.asarray(image) != wanted).any(axis=2)
    elif image.mode != "RGB" and isinstance(key, int):
        if image.mode == "1":
            key = 255 if key else 0
        elif image.mode == "L" and depth < 8:
            key = key * 255 // ((1 << depth) - 1)
        opaque = np.asarray(image.convert("L") if image.mode == "1" else image) != key
    else:
        return None
    return np.where(opaque, np.uint8(255), np.uint8(0))


def _to_eight_bits(image: Image.Image) -> Image.Image:
    """Grey of more than eight bits to mode L.

    16 bits keep the high byte. Wider samples have no stated range, so the least usual one that holds all
    values is taken (0..1 for floats, 0..255, 0..65535), else the darkest to the brightest is stretched. What
    is not a number is black, infinities are the ends of the range.
    """
    values = np.asarray(image)
    if image.mode.startswith("I;16"):
        return Image.fromarray((values >> 8).astype(np.uint8))
    deep: F32 = values.astype(np.float32)
    finite = deep[np.isfinite(deep)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    ends = [
        end for end in ((1.0,) if image.mode == "F" else ()) + (255.0, 65535.0) if low >= 0 and high <= end
    ]
    bottom, top = (0.0, ends[0]) if ends else (low, high)
    del finite
    np.nan_to_num(deep, copy=False, nan=bottom, posinf=top, neginf=bottom)
    deep -= np.float32(bottom)
    deep *= np.float32(255.0 / (top - bottom) if top > bottom else 0.0)
    return Image.fromarray(np.clip(np.rint(deep), 0, 255).astype(np.uint8))
