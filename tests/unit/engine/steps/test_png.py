"""The PNG writer, read back by others and by a strict parser of our own."""

import io
import struct
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms

from lumiku.engine.options import Compression
from lumiku.engine.steps.png import write_png
from lumiku.engine.types import U8

COMPRESSIONS: tuple[Compression, ...] = ("auto", "fast", "small")


def check_png(data: bytes) -> dict[bytes, bytes]:
    """Parse strictly: order, lengths, checksums, one whole stream of the right length; the chunks by name."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    place, kinds, chunks = 8, [], {}
    while place < len(data):
        length, kind = struct.unpack(">I4s", data[place : place + 8])
        body = data[place + 8 : place + 8 + length]
        assert len(body) == length
        (crc,) = struct.unpack(">I", data[place + 8 + length : place + 12 + length])
        assert crc == zlib.crc32(kind + body)
        kinds.append(kind)
        chunks[kind] = chunks.get(kind, b"") + body
        place += 12 + length
    assert kinds[0] == b"IHDR"
    assert kinds[-1] == b"IEND"
    between = [kind for kind in kinds[1:-1] if kind != b"iCCP"]
    assert set(between) == {b"IDAT"}
    assert b"iCCP" not in kinds[2:]
    width, height, depth, colour, *rest = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert depth == 8
    assert rest == [0, 0, 0]
    stream = zlib.decompressobj()
    raw = stream.decompress(chunks[b"IDAT"]) + stream.flush()
    assert stream.eof
    assert stream.unused_data == b""
    row = 1 + width * {0: 1, 2: 3, 6: 4}[colour]
    assert len(raw) == height * row
    assert max(raw[::row]) <= 4
    return chunks


def noisy(height: int, width: int, seed: int = 0) -> tuple[U8, U8]:
    random = np.random.default_rng(seed)
    smooth = cv2.GaussianBlur(random.integers(0, 256, (height, width, 3)).astype(np.uint8), (0, 0), 2)
    alpha = np.zeros((height, width), np.uint8)
    alpha[height // 4 :, width // 5 : width - width // 5] = 255
    return smooth, cv2.blur(alpha, (3, 3))


def expected(colour: U8, alpha: U8) -> U8:
    return np.dstack([colour * (alpha > 0)[..., None], alpha])


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (2, 3), (37, 53), (1100, 701)])
def test_png_gives_the_pixels_back_and_no_hidden_colour(
    size: tuple[int, int], compression: Compression
) -> None:
    colour, alpha = noisy(*size)
    data = write_png(colour, alpha, compression=compression)
    check_png(data)
    wanted = expected(colour, alpha)
    with Image.open(io.BytesIO(data)) as image:
        assert image.mode == "RGBA"
        np.testing.assert_array_equal(np.asarray(image), wanted)
    opencv = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(cv2.cvtColor(opencv, cv2.COLOR_BGRA2RGBA), wanted)


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_png_of_rgb_and_of_grey(compression: Compression) -> None:
    colour, alpha = noisy(90, 77)
    for pixels, mode in ((colour, "RGB"), (alpha, "L")):
        data = write_png(pixels, None, compression=compression)
        check_png(data)
        with Image.open(io.BytesIO(data)) as image:
            assert image.mode == mode
            np.testing.assert_array_equal(np.asarray(image), pixels)


@pytest.mark.parametrize("value", [0, 255])
def test_png_of_a_uniform_matte(value: int) -> None:
    colour, _ = noisy(64, 64)
    alpha = np.full((64, 64), value, np.uint8)
    data = write_png(colour, alpha)
    check_png(data)
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(data))), expected(colour, alpha))


def test_png_bytes_do_not_depend_on_threads() -> None:
    colour, alpha = noisy(1500, 900)
    assert write_png(colour, alpha, threads=1) == write_png(colour, alpha, threads=2)


def test_png_of_a_view_equals_that_of_its_copy() -> None:
    colour, alpha = noisy(120, 140)
    rows, columns = slice(11, 90), slice(7, 101)
    copied = write_png(colour[rows, columns].copy(), alpha[rows, columns].copy())
    assert write_png(colour[rows, columns], alpha[rows, columns]) == copied


def test_png_carries_the_profile() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    colour, alpha = noisy(20, 20)
    data = write_png(colour, alpha, icc_profile=profile)
    assert b"iCCP" in check_png(data)
    assert Image.open(io.BytesIO(data)).info["icc_profile"] == profile


def test_small_is_smaller_than_fast_and_auto_lies_between() -> None:
    colour, alpha = noisy(700, 900)
    fast, auto, small = (
        len(write_png(colour, alpha, compression=kind)) for kind in ("fast", "auto", "small")
    )
    assert small < auto <= fast * 1.01


def test_auto_leaves_the_fast_way_for_very_smooth_pictures() -> None:
    sharp, _ = noisy(90, 120)
    smooth = np.asarray(cv2.resize(sharp, None, fx=8, fy=8, interpolation=cv2.INTER_CUBIC), np.uint8)
    alpha = np.full(smooth.shape[:2], 255, np.uint8)
    alpha[:9] = 0
    assert len(write_png(smooth, alpha)) < 0.97 * len(write_png(smooth, alpha, compression="fast"))


def test_the_strict_parser_notices_a_flipped_byte() -> None:
    data = bytearray(write_png(*noisy(30, 30)))
    data[len(data) // 2] ^= 1
    with pytest.raises(AssertionError):
        check_png(bytes(data))
