"""What holds for every picture: its size, its colours, its alpha, and that turning commutes with reading."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from lumiku.engine.steps.decode import DecodeLimits, decode
from lumiku.engine.steps.orientation import turn_upright
from lumiku.engine.types import U8
from support.pictures import encode, encode_rgb

LIMITS = DecodeLimits()
EXACT = ("PNG", "TIFF", "BMP", "WEBP")
TURNABLE = ("PNG", "TIFF", "WEBP", "JPEG")

sizes = st.tuples(st.integers(1, 40), st.integers(1, 40))
colours = sizes.flatmap(lambda size: arrays(np.uint8, (*size, 3)))
with_alpha = sizes.flatmap(lambda size: arrays(np.uint8, (*size, 4)))
quick = settings(deadline=None, max_examples=60)


@quick
@given(colours, st.sampled_from(EXACT))
def test_size_and_colours_are_kept(rgb: U8, file_format: str) -> None:
    picture = decode(encode_rgb(rgb, file_format), LIMITS)
    assert (picture.height, picture.width) == rgb.shape[:2]
    assert np.array_equal(picture.rgb, rgb)
    assert picture.alpha is None


@quick
@given(with_alpha, st.sampled_from(("PNG", "TIFF", "WEBP")))
def test_opaque_pixels_keep_their_colour_and_alpha_is_exact(rgba: U8, file_format: str) -> None:
    picture = decode(encode(Image.fromarray(rgba), file_format), LIMITS)
    alpha = np.full(rgba.shape[:2], 255, np.uint8) if picture.alpha is None else picture.alpha
    assert np.array_equal(alpha, rgba[..., 3])
    opaque = rgba[..., 3] == 255
    assert np.array_equal(picture.rgb[opaque], rgba[opaque][:, :3])


@quick
@given(colours, st.integers(1, 8), st.sampled_from(TURNABLE))
def test_turning_commutes_with_reading(rgb: U8, orientation: int, file_format: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    turned = decode(encode_rgb(rgb, file_format, exif=exif.tobytes()), LIMITS)
    plain = decode(encode_rgb(rgb, file_format), LIMITS)
    assert np.array_equal(turned.rgb, turn_upright(plain.rgb, orientation))


@quick
@given(colours, st.integers(1, 8))
def test_eight_orientations_are_a_group(rgb: U8, orientation: int) -> None:
    back = {6: 8, 8: 6}.get(orientation, orientation)
    assert np.array_equal(turn_upright(turn_upright(rgb, orientation), back), rgb)
