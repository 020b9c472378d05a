"""Every colour mode and profile comes out as straight eight-bit RGB, and alpha where there is any."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms

from lumiku.engine.steps.decode import DecodeLimits, decode
from lumiku.engine.types import U8, Picture
from support.bad_pictures import png_chunk
from support.pictures import encode, encode_rgb, make_rgb
from support.profiles import linear_grey_profile, srgb_profile, swapped_profile

LIMITS = DecodeLimits()
SRGB = DecodeLimits(color_profile="srgb")


def _decode(image: Image.Image, file_format: str, **options: object) -> Picture:
    return decode(encode(image, file_format, **options), LIMITS)


def _grey(values: np.ndarray) -> U8:
    return np.repeat(values.astype(np.uint8)[..., None], 3, axis=2)


def _png(rows: np.ndarray, depth: int, colour: int, *chunks: bytes) -> bytes:
    """A PNG of packed rows (HxB bytes)."""
    height = rows.shape[0]
    width = rows.shape[1] * 8 // depth // {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    raw = b"".join(b"\0" + row.tobytes() for row in rows)
    parts = [png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)), *chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [*parts, png_chunk(b"IDAT", zlib.compress(raw)), png_chunk(b"IEND", b"")]
    )


@pytest.mark.parametrize(
    ("file_format", "options"), [("JPEG", {}), ("TIFF", {}), ("TIFF", {"compression": "tiff_lzw"})]
)
def test_cmyk_is_neither_inverted_nor_left_as_it_is(file_format: str, options: dict[str, object]) -> None:
    rgb = np.zeros((16, 16, 3), np.uint8)
    rgb[:8], rgb[8:] = (250, 240, 230), (200, 20, 10)
    picture = _decode(Image.fromarray(rgb).convert("CMYK"), file_format, **options)
    assert np.abs(picture.rgb.astype(int) - rgb).max() < 12


def test_lab() -> None:
    rgb = np.full((8, 8, 3), (200, 30, 60), np.uint8)
    to_lab = ImageCms.buildTransform(
        ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB"
    )
    lab = ImageCms.applyTransform(Image.fromarray(rgb), to_lab)
    assert lab is not None
    assert np.abs(_decode(lab, "TIFF").rgb.astype(int) - rgb).max() <= 3


def test_sixteen_bits_grey_keep_the_high_byte() -> None:
    values = np.arange(0, 65536, 257, dtype=np.uint16).reshape(16, 16)
    for file_format in ("PNG", "TIFF"):
        assert np.array_equal(_decode(Image.fromarray(values), file_format).rgb, _grey(values >> 8))


def test_sixteen_bits_big_endian_tiff() -> None:
    values = np.arange(0, 65536, 257, dtype=np.uint16).reshape(16, 16)
    image = Image.frombytes("I;16B", (16, 16), values.astype(">u2").tobytes())
    assert np.array_equal(_decode(image, "TIFF").rgb, _grey(values >> 8))


def test_sixteen_bits_rgb_png() -> None:
    values = np.random.default_rng(0).integers(0, 65536, (4, 4, 3), dtype=np.uint16)
    data = _png(values.astype(">u2").reshape(4, -1).view(np.uint8), 16, 2)
    assert np.array_equal(decode(data, LIMITS).rgb, values >> 8)


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ([0.0, 0.5, 1.0], [0, 128, 255]),
        ([0.0, 100.0, 255.0], [0, 100, 255]),
        ([0.0, 32767.5, 65535.0], [0, 128, 255]),
        ([-1.0, 0.0, 1.0], [0, 128, 255]),
        ([np.nan, 0.5, 1.0], [0, 128, 255]),
        ([-np.inf, 0.5, np.inf], [0, 128, 255]),
        ([np.nan, np.nan, np.nan], [0, 0, 0]),
        ([-5.0, -5.0, -5.0], [0, 0, 0]),
    ],
)
def test_floats(values: list[float], wanted: list[int]) -> None:
    picture = _decode(Image.fromarray(np.array([values], np.float32)), "TIFF")
    assert np.abs(picture.rgb.astype(int) - _grey(np.array([wanted]))).max() <= 1


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ([0, 100, 255], [0, 100, 255]),
        ([0, 32768, 65535], [0, 128, 255]),
        ([-100, 0, 100], [0, 128, 255]),
        ([7, 7, 7], [7, 7, 7]),
    ],
)
def test_integers_of_32_bits(values: list[int], wanted: list[int]) -> None:
    picture = _decode(Image.fromarray(np.array([values], np.int32)), "TIFF")
    assert np.array_equal(picture.rgb, _grey(np.array([wanted])))


def test_one_bit() -> None:
    bits = np.random.default_rng(0).random((9, 13)) > 0.5
    for file_format in ("PNG", "TIFF", "BMP"):
        assert np.array_equal(_decode(Image.fromarray(bits), file_format).rgb, _grey(bits * 255))


def test_palette_with_and_without_transparency() -> None:
    rgb = make_rgb()
    palette = Image.fromarray(rgb).quantize(16)
    wanted = np.asarray(palette.convert("RGB"))
    plain = _decode(palette, "PNG")
    assert plain.alpha is None
    assert np.array_equal(plain.rgb, wanted)
    shades = _decode(palette, "PNG", transparency=bytes(range(0, 160, 10)))
    assert shades.alpha is not None
    assert np.array_equal(shades.alpha, np.asarray(palette) * 10)
    assert np.array_equal(shades.rgb, wanted)
    for file_format in ("GIF", "PNG"):
        keyed = _decode(palette, file_format, transparency=3)
        assert keyed.alpha is not None
        assert np.array_equal(keyed.alpha == 0, np.asarray(palette) == 3)


def test_alpha_is_kept_straight_and_dropped_where_all_is_opaque() -> None:
    rgba = np.dstack([make_rgb(), np.random.default_rng(0).integers(0, 256, (48, 64), dtype=np.uint8)])
    for file_format in ("PNG", "WEBP", "TIFF"):
        picture = _decode(Image.fromarray(rgba), file_format)
        assert picture.alpha is not None
        assert np.array_equal(picture.alpha, rgba[..., 3])
        assert np.array_equal(picture.rgb, rgba[..., :3])
    rgba[..., 3] = 255
    assert _decode(Image.fromarray(rgba), "PNG").alpha is None


def test_grey_with_alpha() -> None:
    both = np.random.default_rng(0).integers(0, 255, (8, 8, 2), dtype=np.uint8)
    picture = _decode(Image.fromarray(both, "LA"), "PNG")
    assert picture.alpha is not None
    assert np.array_equal(picture.alpha, both[..., 1])
    assert np.array_equal(picture.rgb, _grey(both[..., 0]))


@pytest.mark.parametrize(
    ("depth", "row", "key"), [(1, 0b01010101, 1), (2, 0b00011011, 2), (4, 0x5A, 10), (8, 77, 77)]
)
def test_a_transparent_grey_is_meant_in_the_files_own_depth(depth: int, row: int, key: int) -> None:
    rows = np.full((2, 4), row, np.uint8)
    samples = np.unpackbits(rows, axis=1).reshape(2, -1, depth) @ (1 << np.arange(depth)[::-1])
    picture = decode(_png(rows, depth, 0, png_chunk(b"tRNS", struct.pack(">H", key))), LIMITS)
    assert picture.alpha is not None
    assert np.array_equal(picture.alpha == 0, samples == key)


def test_a_transparent_colour_of_8_and_16_bits() -> None:
    rgb = np.array([[[1, 2, 3], [1, 2, 4]]], np.uint8)
    eight = decode(_png(rgb.reshape(1, -1), 8, 2, png_chunk(b"tRNS", struct.pack(">HHH", 1, 2, 3))), LIMITS)
    wide = (rgb.astype(np.uint16) * 257).astype(">u2").reshape(1, -1).view(np.uint8)
    sixteen = decode(_png(wide, 16, 2, png_chunk(b"tRNS", struct.pack(">HHH", 257, 514, 771))), LIMITS)
    for picture in (eight, sixteen):
        assert picture.alpha is not None
        assert picture.alpha.tolist() == [[0, 255]]


def test_a_transparent_grey_of_16_bits() -> None:
    values = np.array([[1000, 1001]], ">u2").view(np.uint8)
    picture = decode(_png(values, 16, 0, png_chunk(b"tRNS", struct.pack(">H", 1000))), LIMITS)
    assert picture.alpha is not None
    assert picture.alpha.tolist() == [[0, 255]]


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_an_rgb_profile_is_kept_or_applied(file_format: str) -> None:
    red = np.full((16, 16, 3), (250, 10, 10), np.uint8)
    data = encode_rgb(red, file_format, icc_profile=swapped_profile())
    kept = decode(data, LIMITS)
    assert kept.icc_profile == swapped_profile()
    assert kept.rgb[8, 8, 0] > 200
    assert kept.rgb[8, 8, 1] < 60
    converted = decode(data, SRGB)
    assert converted.icc_profile is None
    assert converted.rgb[8, 8, 1] > 200
    assert converted.rgb[8, 8, 0] < 60


def test_a_profile_is_applied_beside_alpha() -> None:
    rgba = np.full((16, 16, 4), (250, 10, 10, 99), np.uint8)
    converted = decode(encode(Image.fromarray(rgba), "PNG", icc_profile=swapped_profile()), SRGB)
    assert converted.alpha is not None
    assert set(converted.alpha.ravel()) == {99}
    assert converted.rgb[8, 8, 1] > 200


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "TIFF"])
def test_a_grey_profile_is_always_applied(file_format: str) -> None:
    image = Image.new("L", (16, 16), 128)
    picture = decode(encode(image, file_format, icc_profile=linear_grey_profile()), LIMITS)
    assert picture.icc_profile is None
    assert abs(int(picture.rgb[8, 8, 0]) - 188) <= 2
    assert int(decode(encode(image, file_format), LIMITS).rgb[8, 8, 0]) == 128


@pytest.mark.parametrize(
    "profile",
    [
        b"x" * 500,
        srgb_profile()[:200],
        linear_grey_profile(),
        srgb_profile()[:36] + b"nope" + srgb_profile()[40:],
    ],
)
def test_a_profile_that_does_not_fit_is_ignored(profile: bytes) -> None:
    data = encode_rgb(make_rgb(), "JPEG", icc_profile=profile)
    plain = decode(encode_rgb(make_rgb(), "JPEG"), LIMITS).rgb
    assert np.array_equal(decode(data, SRGB).rgb, plain)
    assert np.array_equal(decode(data, LIMITS).rgb, plain)


def test_strips_join_without_a_seam() -> None:
    rgb = make_rgb(700, 3000)
    assert np.array_equal(_decode(Image.fromarray(rgb), "PNG").rgb, rgb)
