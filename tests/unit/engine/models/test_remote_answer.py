"""Reading a provider's bytes: which pictures are mattes, and what of its words may be repeated."""

import json

import numpy as np
import pytest
from PIL import Image

from lumiku.engine.models.answer import NoMatte, alpha_of, excerpt, mask_of
from lumiku.engine.models.remote import LONG_SIDE_PX, _shrink
from support.provider_answers import encoded, picture

KEY = "SG_0123456789abcdef"


@pytest.mark.parametrize(
    ("size", "fits"),
    [
        ((64, 48), True),
        ((128, 96), True),
        ((65, 48), True),  # rounding
        ((66, 48), False),
        ((48, 64), False),
        ((32, 24), False),  # a thumbnail
        ((64, 64), False),
        ((1, 1), False),
    ],
)
def test_the_size_is_the_one_sent_or_scaled_from_it(size: tuple[int, int], fits: bool) -> None:
    data = encoded(picture(size=size))
    if fits:
        assert alpha_of(data, 48, 64).shape == (size[1], size[0])
    else:
        with pytest.raises(NoMatte, match=f"{size[0]}x{size[1]}"):
            alpha_of(data, 48, 64)


def test_a_smaller_matte_of_a_large_picture_fits_down_to_256_pixels() -> None:
    assert alpha_of(encoded(picture(size=(256, 192))), 1536, 2048).shape == (192, 256)
    with pytest.raises(NoMatte):
        alpha_of(encoded(picture(size=(252, 189))), 1536, 2048)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA", "P"])
def test_every_kind_of_alpha_is_read(mode: str) -> None:
    image = Image.new("RGBA", (8, 8), (9, 9, 9, 255))
    image.paste((0, 0, 0, 0), (0, 0, 4, 8))
    data = encoded(image.quantize(4)) if mode in {"P", "PA"} else encoded(image.convert(mode))
    assert np.array_equal(alpha_of(data, 8, 8), np.repeat([[0, 1]], 4, axis=1).repeat(8, axis=0))


def test_webp_alpha_is_read() -> None:
    assert alpha_of(encoded(picture(), "WEBP"), 48, 64).min() < 0.1


@pytest.mark.parametrize("mode", ["L", "1"])
def test_grey_and_two_valued_masks_are_read(mode: str) -> None:
    grey = Image.linear_gradient("L").convert(mode)
    assert np.array_equal(mask_of(encoded(grey), 256, 256) * 255, np.asarray(grey.convert("L")))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_file_cut_anywhere_is_refused(kind: str) -> None:
    data = encoded(picture(), kind)
    alpha_of(data, 48, 64)
    for length in range(len(data)):
        with pytest.raises(NoMatte):
            alpha_of(data[:length], 48, 64)


def test_a_header_of_giant_size_costs_nothing() -> None:
    data = bytearray(encoded(picture()))
    data[16:24] = (60_000).to_bytes(4, "big") * 2
    with pytest.raises(NoMatte):
        alpha_of(bytes(data), 48, 64)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({"error": "Model x/y is not supported"}, "Model x/y is not supported"),
        ({"error": {"message": "no\r\n credits\x1b[0m"}}, "no credits [0m"),
        ({"detail": "d"}, "d"),
        ({"error": f"key {KEY} is bad"}, "key *** is bad"),
        ({"error": "token hf_ABCDEFGHIJKLMNOPQRST is bad"}, "token *** is bad"),
        ({"error": "é " * 200}, ("é " * 200)[:157] + "..."),
        ({"error": ["a"]}, ""),
        (["a"], ""),
        (None, ""),
    ],
)
def test_words_of_the_provider_are_one_line_without_keys(value: object, says: str) -> None:
    assert excerpt(json.dumps(value).encode(), KEY) == says


@pytest.mark.parametrize(
    ("shape", "sent"),
    [((3000, 1500), (2048, 1024)), ((1, 20_000), (1, 2048)), ((2048, 2048), (2048, 2048)), ((1, 1), (1, 1))],
)
def test_pictures_are_sent_at_most_2048_pixels_long(shape: tuple[int, int], sent: tuple[int, int]) -> None:
    assert LONG_SIDE_PX == 2048
    assert _shrink(np.zeros((*shape, 3), np.uint8)).shape[:2] == sent
