"""Every format, read back."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image, ImageCms
from tests.unit.engine.steps.test_compose import picture

from lumiku.engine.errors import InvalidOption
from lumiku.engine.options import Options, OutputFormat
from lumiku.engine.steps.compose import Canvas
from lumiku.engine.steps.encode import encode
from lumiku.engine.steps.jpeg_profile import embed_profile

PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def transparent() -> Canvas:
    colour, matte = picture()
    return Canvas(colour, matte, PROFILE)


def opaque() -> Canvas:
    return Canvas(picture()[0], None, PROFILE)


@pytest.mark.parametrize(
    ("wanted", "pillow", "mode"),
    [("png", "PNG", "RGBA"), ("webp", "WEBP", "RGBA"), ("avif", "AVIF", "RGBA"), ("jpeg", "JPEG", "RGB")],
)
def test_formats_keep_size_profile_and_alpha(wanted: OutputFormat, pillow: str, mode: str) -> None:
    canvas = transparent()
    encoded = encode(canvas, Options(format=wanted))
    with Image.open(io.BytesIO(encoded.data)) as image:
        assert image.format == pillow
        assert Image.MIME[pillow] == encoded.media_type
        assert image.mode == mode
        assert image.size == (canvas.width, canvas.height)
        assert image.info["icc_profile"] == PROFILE
        if mode == "RGBA" and canvas.alpha is not None:
            difference = np.asarray(image)[..., 3].astype(int) - canvas.alpha
            assert np.abs(difference).mean() < 3


def test_auto_is_png_where_anything_is_transparent_else_jpeg() -> None:
    assert encode(transparent(), Options(format="auto")).extension == ".png"
    assert encode(opaque(), Options(format="auto")).extension == ".jpg"
    colour, matte = picture()
    assert encode(Canvas(colour, np.full_like(matte, 255)), Options(format="auto")).extension == ".jpg"
    assert encode(Canvas(matte, None), Options(format="auto", mask_only=True)).extension == ".png"


def test_png_is_rgb_where_opaque_and_grey_for_masks() -> None:
    colour, matte = picture()
    rgb = encode(Canvas(colour, np.full_like(matte, 255)), Options(format="png"))
    assert Image.open(io.BytesIO(rgb.data)).mode == "RGB"
    grey = encode(Canvas(matte, None), Options(format="png", mask_only=True))
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(grey.data))), matte)


def test_lossless_webp_is_lossless() -> None:
    colour, matte = picture()
    image = Image.open(io.BytesIO(encode(transparent(), Options(format="webp", lossless=True)).data))
    pixels = np.asarray(image)
    np.testing.assert_array_equal(pixels[..., 3], matte)
    np.testing.assert_array_equal(pixels[matte > 0][:, :3], colour[matte > 0])
    assert pixels[matte == 0].max() == 0


def test_lossy_webp_keeps_alpha_to_a_level() -> None:
    ramp = np.tile(np.arange(256, dtype=np.uint8), (64, 1))
    colour = np.full((64, 256, 3), 90, np.uint8)
    image = Image.open(io.BytesIO(encode(Canvas(colour, ramp), Options(format="webp")).data))
    alpha = np.asarray(image)[..., 3]
    assert np.abs(alpha.astype(int) - ramp).max() <= 1
    assert (alpha[ramp == 0] == 0).all()
    assert (alpha[ramp == 255] == 255).all()


def test_jpeg_shows_white_where_transparent() -> None:
    colour, matte = picture()
    colour[matte > 0] = 0
    image = Image.open(io.BytesIO(encode(Canvas(colour, matte), Options(format="jpeg")).data))
    assert min(image.getpixel((2, 57))) > 245
    assert max(image.getpixel((40, 30))) < 10


@pytest.mark.parametrize("wanted", ["webp", "avif", "jpeg"])
def test_quality_changes_the_size(wanted: OutputFormat) -> None:
    low, high = (len(encode(opaque(), Options(format=wanted, quality=quality)).data) for quality in (20, 95))
    assert low < high


@pytest.mark.parametrize("wanted", ["png", "webp", "avif", "jpeg"])
def test_masks_in_every_format(wanted: OutputFormat) -> None:
    _, matte = picture()
    encoded = encode(Canvas(matte, None), Options(format=wanted, mask_only=True))
    read = np.asarray(Image.open(io.BytesIO(encoded.data)).convert("L")).astype(int)
    assert np.abs(read - matte).mean() < 6


def test_zip_holds_colour_and_alpha_and_not_the_old_background() -> None:
    colour, matte = picture()
    colour[matte > 0] = (200, 30, 30)
    colour[matte == 0] = (0, 255, 0)
    encoded = encode(Canvas(colour, matte, PROFILE), Options(format="zip"))
    assert encoded.media_type == "application/zip"
    with zipfile.ZipFile(io.BytesIO(encoded.data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["color.jpg", "alpha.png"]
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
        alpha = np.asarray(Image.open(io.BytesIO(archive.read("alpha.png"))))
        jpeg = Image.open(io.BytesIO(archive.read("color.jpg")))
        assert jpeg.info["icc_profile"] == PROFILE
    np.testing.assert_array_equal(alpha, matte)
    assert np.abs(np.asarray(jpeg).astype(int) - (200, 30, 30)).max() < 12


def test_zip_of_a_mask_is_refused() -> None:
    with pytest.raises(InvalidOption):
        encode(Canvas(picture()[1], None), Options(format="zip"))


@pytest.mark.parametrize(("wanted", "side"), [("webp", 16384), ("jpeg", 65536)])
def test_formats_refuse_what_they_cannot_hold(wanted: OutputFormat, side: int) -> None:
    with pytest.raises(InvalidOption, match="pixels a side"):
        encode(Canvas(np.zeros((1, side, 3), np.uint8), None), Options(format=wanted))


def test_large_profiles_are_split_over_segments() -> None:
    profile = bytes(range(256)) * 600
    jpeg = encode(Canvas(picture()[0], None), Options(format="jpeg")).data
    assert Image.open(io.BytesIO(embed_profile(jpeg, profile))).info["icc_profile"] == profile
    with pytest.raises(InvalidOption):
        embed_profile(jpeg, bytes(20_000_000))
