"""Good pictures made by code, in every format that Pillow writes here."""

import io

import numpy as np
import pillow_heif
from PIL import Image

from lumiku.engine.types import U8

WRITTEN_FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "HEIF", "TIFF", "GIF", "BMP")


def make_rgb(height: int = 48, width: int = 64, seed: int = 0) -> U8:
    """A smooth picture with a little noise and no symmetry: HxWx3 uint8."""
    y, x = np.mgrid[0:height, 0:width]
    noise = np.random.default_rng(seed).integers(0, 8, (height, width, 3))
    planes = np.stack([x * 200 // max(width, 1), y * 200 // max(height, 1), (x + 2 * y) % 200], axis=2)
    return (planes + noise).astype(np.uint8)


def encode(image: Image.Image, file_format: str, **options: object) -> bytes:
    """`image` as a file, without loss where the format can."""
    lossless: dict[str, dict[str, object]] = {
        "JPEG": {"quality": 95, "subsampling": 0},
        "WEBP": {"lossless": True, "exact": True},
        "AVIF": {"quality": 100, "subsampling": "4:4:4"},
    }
    stream = io.BytesIO()
    if file_format == "HEIF":
        settings = {"quality": -1, "chroma": 444, "matrix_coefficients": 0, **options}
        pillow_heif.from_pillow(image).save(stream, **settings)
    else:
        image.save(stream, file_format, **{**lossless.get(file_format, {}), **options})
    return stream.getvalue()


def encode_rgb(rgb: U8, file_format: str, **options: object) -> bytes:
    """`encode` for an array."""
    return encode(Image.fromarray(rgb), file_format, **options)
