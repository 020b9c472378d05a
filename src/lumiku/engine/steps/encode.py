"""From the canvas to the bytes of a file."""

import io
import zipfile
from dataclasses import dataclass

import cv2
import numpy as np
import simplejpeg
from PIL import Image

from lumiku.engine.errors import InvalidOption
from lumiku.engine.options import Options
from lumiku.engine.steps.compose import Canvas, flatten
from lumiku.engine.steps.jpeg_profile import embed_profile
from lumiku.engine.steps.png import write_png
from lumiku.engine.types import U8

_WEBP_MAX_SIDE_PX = 16383
_JPEG_MAX_SIDE_PX = 65535
_FULL_CHROMA_QUALITY = 90
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Encoded:
    """A file in memory.

    Attributes:
        data: all of it.
        media_type: such as "image/png".
        extension: with the dot, such as ".png".
    """

    data: bytes
    media_type: str
    extension: str


def encode(canvas: Canvas, options: Options, *, threads: int = 0) -> Encoded:
    """Encode the canvas in the format asked for.

    Args:
        canvas: what to write; its profile is embedded in every format.
        options: format, quality, lossless and compression count.
        threads: at most so many work at once; 0 is one for each core.

    Returns:
        The file. Colour under alpha 0 is 0. JPEG shows white where the canvas is transparent.

    Raises:
        InvalidOption: the format cannot hold a canvas of this size or kind.
    """
    canvas = _without_idle_alpha(canvas)
    wanted = options.format
    if wanted == "auto":
        wanted = "png" if canvas.alpha is not None or options.mask_only else "jpeg"
    if wanted == "png":
        return Encoded(_png(canvas, options, threads), "image/png", ".png")
    if wanted == "jpeg":
        return Encoded(_jpeg(flatten(canvas), options.quality), "image/jpeg", ".jpg")
    if wanted == "webp":
        return Encoded(_webp(canvas, options), "image/webp", ".webp")
    if wanted == "avif":
        return Encoded(_avif(canvas, options, threads), "image/avif", ".avif")
    return Encoded(_zip(canvas, options, threads), "application/zip", ".zip")


def _without_idle_alpha(canvas: Canvas) -> Canvas:
    if canvas.alpha is None or int(canvas.alpha.min()) < 255:
        return canvas
    return Canvas(canvas.rgb, None, canvas.icc_profile, canvas.subject)


def _png(canvas: Canvas, options: Options, threads: int) -> bytes:
    return write_png(
        canvas.rgb,
        canvas.alpha,
        compression=options.compression,
        icc_profile=canvas.icc_profile,
        threads=threads,
    )


def _jpeg(canvas: Canvas, quality: int) -> bytes:
    _check_side(canvas, _JPEG_MAX_SIDE_PX, "JPEG")
    pixels = np.ascontiguousarray(canvas.rgb)
    if pixels.ndim == 2:
        data = simplejpeg.encode_jpeg(pixels[..., None], quality=quality, colorspace="GRAY", fastdct=False)
    else:
        chroma = "444" if quality >= _FULL_CHROMA_QUALITY else "420"
        data = simplejpeg.encode_jpeg(
            pixels, quality=quality, colorspace="RGB", colorsubsampling=chroma, fastdct=False
        )
    return embed_profile(bytes(data), canvas.icc_profile)


def _webp(canvas: Canvas, options: Options) -> bytes:
    _check_side(canvas, _WEBP_MAX_SIDE_PX, "WebP")
    out = io.BytesIO()
    # Measured: lossy method 2 takes as long as 1 and saves 5 to 11 %, 4 up to 6 % more for up to twice
    # the time; lossless methods above 1 save 2 %. Where alpha has more than 192 levels, libwebp packs it in
    # two ways, 1040 ms rather than 570 at 12 megapixels, for the same size. A quality of 92 leaves 192: no
    # level is off by more than 1, and 0 and 255 are exact.
    _image(canvas).save(
        out,
        "WEBP",
        quality=40 if options.lossless else options.quality,
        alpha_quality=100 if options.lossless else 92,
        lossless=options.lossless,
        method=1 if options.lossless else 2,
        icc_profile=canvas.icc_profile,
    )
    return out.getvalue()


def _avif(canvas: Canvas, options: Options, threads: int) -> bytes:
    out = io.BytesIO()
    _image(canvas).save(
        out,
        "AVIF",
        quality=options.quality,
        speed=8,  # 9 is three times as fast, but 6 to 50 % larger; 6 is twice as slow and saves 1 to 5 %
        max_threads=threads,
        icc_profile=canvas.icc_profile,
    )
    return out.getvalue()


def _zip(canvas: Canvas, options: Options, threads: int) -> bytes:
    """As remove.bg's: `color.jpg`, the colour all over, and grey `alpha.png`; stored, for both are packed."""
    alpha = canvas.alpha
    if canvas.rgb.ndim == 2:
        raise InvalidOption(
            "A ZIP holds colour and mask; ask for another format for the mask.", option="format"
        )
    if alpha is None:
        alpha = np.full(canvas.rgb.shape[:2], 255, np.uint8)
    colour = Canvas(_spread(canvas.rgb, alpha), None, canvas.icc_profile)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo("color.jpg", _ZIP_EPOCH), _jpeg(colour, options.quality))
        packed = write_png(alpha, None, compression=options.compression, threads=threads)
        archive.writestr(zipfile.ZipInfo("alpha.png", _ZIP_EPOCH), packed)
    return out.getvalue()


def _spread(colour: U8, alpha: U8) -> U8:
    """Colour that runs on softly where alpha is 0, so that JPEG draws no ring along the subject's edge.

    A pyramid: each level holds the mean of the colour that is seen, and fills what the finer one lacks.
    """
    seen = (alpha > 0).view(np.uint8)
    if not cv2.hasNonZero(seen) or alpha.min() > 0:
        return colour
    height, width = alpha.shape
    size = max(1, min(width, 128)), max(1, min(height, 128))
    weight = cv2.resize(seen * np.uint8(255), size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    small = cv2.resize(cv2.copyTo(colour, seen), size, interpolation=cv2.INTER_AREA).astype(np.float32)
    filled = small.sum(axis=(0, 1), keepdims=True) / weight.sum()
    for sigma in (64.0, 16.0, 4.0, 1.0):
        mass = cv2.GaussianBlur(weight, (0, 0), sigma)[..., None]
        mean = cv2.GaussianBlur(small, (0, 0), sigma) / np.maximum(mass, 1e-4)
        filled = filled + np.clip(mass / 0.02, 0, 1) * (mean - filled)
    soft = np.rint(np.clip(filled, 0, 255)).astype(np.uint8)
    spread = np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
    cv2.copyTo(colour, seen, spread)
    return spread


def _image(canvas: Canvas) -> Image.Image:
    if canvas.alpha is None:
        return Image.fromarray(np.ascontiguousarray(canvas.rgb))
    rgba = cv2.cvtColor(canvas.rgb, cv2.COLOR_RGB2RGBA)
    cv2.insertChannel(np.ascontiguousarray(canvas.alpha), rgba, 3)
    return Image.fromarray(cv2.copyTo(rgba, canvas.alpha))


def _check_side(canvas: Canvas, longest: int, name: str) -> None:
    if max(canvas.width, canvas.height) > longest:
        raise InvalidOption(f"{name} holds at most {longest} pixels a side.", option="format")
