"""Pictures come out upright, once, whoever turns them: Pillow, libheif or we."""

import io

import numpy as np
import pytest
from PIL import Image, ImageOps

from lumiku.engine.steps.decode import DecodeLimits, decode
from lumiku.engine.steps.orientation import turn_upright
from lumiku.engine.types import U8
from support.pictures import encode_rgb, make_rgb

LIMITS = DecodeLimits()


def _tilt(upright: U8, orientation: int) -> U8:
    """The stored pixels that `orientation` turns into `upright` (EXIF 2.32, tag 0x0112)."""
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.swapaxes(0, 1),
        6: upright.swapaxes(0, 1)[::-1],
        7: upright.swapaxes(0, 1)[::-1, ::-1],
        8: upright.swapaxes(0, 1)[:, ::-1],
    }[orientation]
    return np.ascontiguousarray(stored)


def _exif(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("shape", [(5, 7, 3), (5, 7), (1, 9, 3)])
def test_turns_as_the_tag_says(orientation: int, shape: tuple[int, ...]) -> None:
    upright = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    turned = turn_upright(_tilt(upright, orientation), orientation)
    assert np.array_equal(turned, upright)
    assert turned.flags.c_contiguous


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(
    ("file_format", "options"),
    [
        ("JPEG", {}),
        ("PNG", {}),
        ("WEBP", {}),
        ("AVIF", {}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("HEIF", {}),
    ],
)
def test_every_format_is_turned_once(file_format: str, options: dict[str, object], orientation: int) -> None:
    upright = make_rgb(40, 64)
    data = encode_rgb(_tilt(upright, orientation), file_format, exif=_exif(orientation).tobytes(), **options)
    picture = decode(data, LIMITS)
    assert picture.rgb.shape == upright.shape
    assert np.abs(picture.rgb.astype(int) - upright).mean() < 12
    if file_format in {"PNG", "TIFF", "WEBP"}:
        assert np.array_equal(picture.rgb, upright)


@pytest.mark.parametrize("orientation", range(2, 9))
def test_alpha_is_turned_with_the_colour(orientation: int) -> None:
    rgba = np.dstack([make_rgb(), make_rgb()[..., 0]])
    stream = io.BytesIO()
    Image.fromarray(_tilt(rgba, orientation)).save(stream, "PNG", exif=_exif(orientation))
    picture = decode(stream.getvalue(), LIMITS)
    assert picture.alpha is not None
    assert np.array_equal(picture.alpha, rgba[..., 3])


def test_agrees_with_pillow() -> None:
    for orientation in range(1, 9):
        data = encode_rgb(make_rgb(), "JPEG", exif=_exif(orientation))
        wanted = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))))
        assert np.array_equal(decode(data, LIMITS).rgb, wanted)


@pytest.mark.parametrize("orientation", [0, 9, 42, 65535])
def test_a_senseless_orientation_is_ignored(orientation: int) -> None:
    rgb = make_rgb()
    assert np.array_equal(decode(encode_rgb(rgb, "PNG", exif=_exif(orientation)), LIMITS).rgb, rgb)
