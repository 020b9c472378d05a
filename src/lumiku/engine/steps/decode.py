"""Untrusted bytes to an upright eight-bit picture."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import Image
from PIL.ImageFile import ImageFile

from lumiku.engine.errors import FileTooLarge, ImageTooLarge, UnreadableImage
from lumiku.engine.options import ColorProfile
from lumiku.engine.steps.color import Pixels, array_to_srgb, is_rgb_profile, profile_of, to_pixels
from lumiku.engine.steps.formats import open_header
from lumiku.engine.steps.jpeg import read_jpeg
from lumiku.engine.steps.orientation import read_orientation, turn_upright
from lumiku.engine.steps.patience import OutOfPatience, TimedBytes
from lumiku.engine.types import Picture

# Pillow decodes a few rare formats in Python. At their speed this many pixels take seconds.
MAX_SLOW_PIXELS = 3_000_000


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    """What is refused, and what becomes of a colour profile.

    Attributes:
        max_bytes: largest file.
        max_pixels: largest width times height, checked by the header before anything is decoded.
        color_profile: "keep" an embedded RGB profile or convert to "srgb".
    """

    max_bytes: int = 256_000_000
    max_pixels: int = 50_000_000
    color_profile: ColorProfile = "keep"


def decode(data: bytes, limits: DecodeLimits) -> Picture:
    """Decode a picture of any format that is read, by its bytes alone.

    The EXIF orientation is applied; of animations and multi-page files the first picture is taken; a file
    that ends too early is refused rather than half shown. Neither Pillow's global settings nor its plugin
    registry is changed. Thread-safe.

    Args:
        data: the whole file.
        limits: on bytes and pixels; and the colour profile's treatment.

    Returns:
        The picture: rgb HxWx3 uint8, alpha HxW uint8 or None where all is opaque.

    Raises:
        FileTooLarge: more bytes than the limit.
        ImageTooLarge: more pixels than the limit.
        InvalidFileType: not a picture in a format that is read.
        UnreadableImage: damaged, or of an unknown variant.
    """
    if len(data) > limits.max_bytes:
        raise FileTooLarge(f"The file has {len(data):,} bytes; the limit is {limits.max_bytes:,}.")
    with open_header(data) as image:
        name = image.format or "unknown"
        check_size(image, limits.max_pixels)
        with reading(name):
            rgb, alpha, profile = _read_pixels(data, image, srgb=limits.color_profile == "srgb")
            orientation = read_orientation(image)
    return Picture(
        rgb=turn_upright(rgb, orientation),
        alpha=None if alpha is None else turn_upright(alpha, orientation),
        icc_profile=profile,
        source_format=name,
    )


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Whatever a decoder says of a file of the format `name`, said as an error of ours."""
    try:
        yield
    except UnreadableImage:
        raise
    except (MemoryError, Image.DecompressionBombError) as error:
        raise ImageTooLarge(f"The {name} picture needs more memory than allowed.", format=name) from error
    except OutOfPatience as error:
        raise UnreadableImage(f"The {name} picture takes far too long to read.", format=name) from error
    except Exception as error:
        raise UnreadableImage(f"The {name} picture {_reason(error)}.", format=name) from error


def check_size(image: ImageFile, max_pixels: int) -> None:
    """Refuse by the header alone what is too large, or too slow to decode. Raises ImageTooLarge."""
    width, height = image.size
    if width * height > max_pixels:
        raise ImageTooLarge(
            f"The picture has {width} x {height} pixels; the limit is {max_pixels:,} pixels.",
            width=width,
            height=height,
        )
    slow = any(tile[0] in Image.DECODERS for tile in image.tile)
    if slow and width * height > MAX_SLOW_PIXELS:
        raise ImageTooLarge(
            f"The picture has {width} x {height} pixels; the limit for this kind of {image.format} file"
            f" is {MAX_SLOW_PIXELS:,} pixels."
        )


def _read_pixels(data: bytes, image: ImageFile, *, srgb: bool) -> Pixels:
    if image.format == "JPEG" and (pixels := _read_plain_jpeg(data, image, srgb=srgb)) is not None:
        return pixels
    load_pixels(image)
    return to_pixels(image, srgb=srgb, key_depth=data[24] if image.format == "PNG" else 8)


def load_pixels(image: ImageFile) -> None:
    """Have Pillow decode, for as long as so many pixels may take."""
    size = image.size
    if isinstance(image.fp, TimedBytes):
        image.fp.allow_pixels(size[0] * size[1])
    image.load()
    if image.size != size and image.width * image.height > size[0] * size[1]:
        raise UnreadableImage(
            f"The {image.format} picture is larger than its header says.", format=image.format
        )


def _read_plain_jpeg(data: bytes, image: ImageFile, *, srgb: bool) -> Pixels | None:
    profile = profile_of(image)
    if image.mode not in {"RGB", "L"} or (image.mode == "L" and profile is not None):
        return None
    rgb = read_jpeg(data, *image.size)
    if rgb is None:
        return None
    if profile is None or not is_rgb_profile(profile) or (srgb and array_to_srgb(rgb, profile)):
        return Pixels(rgb, None, None)
    return Pixels(rgb, None, None if srgb else profile)


def _reason(error: Exception) -> str:
    text = str(error).lower()
    if isinstance(error, EOFError) or "truncat" in text or "not enough" in text or "incomplete" in text:
        return "ends too early"
    if isinstance(error, NotImplementedError) or "unsupported" in text or "unknown" in text:
        return "uses a variant that is not supported"
    return "is damaged"
