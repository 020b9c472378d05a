"""Canvases: layout, backgrounds, shadows; each against what a person would compute by hand."""

import io

import numpy as np
import pytest
from PIL import Image

from lumiku.core.errors import LumikuError
from lumiku.engine.errors import ImageTooLarge, InvalidFileType, UnreadableImage
from lumiku.engine.options import Options
from lumiku.engine.steps.compose import Canvas, compose
from lumiku.engine.steps.layout import plan_layout
from lumiku.engine.types import U8, Box

HEIGHT, WIDTH = 60, 100
SUBJECT = Box(20, 10, 60, 50)


def picture() -> tuple[U8, U8]:
    colour = np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 3)).astype(np.uint8)
    matte = np.zeros((HEIGHT, WIDTH), np.uint8)
    matte[SUBJECT.top : SUBJECT.bottom, SUBJECT.left : SUBJECT.right] = 255
    matte[SUBJECT.top, SUBJECT.left : SUBJECT.right] = 128
    return colour, matte


def composed(options: Options) -> Canvas:
    colour, matte = picture()
    return compose(colour, matte, colour, options)


def test_the_default_copies_nothing() -> None:
    colour, matte = picture()
    canvas = compose(colour, matte, colour, Options(), icc_profile=b"profile")
    assert canvas.rgb.base is colour or canvas.rgb is colour
    assert np.shares_memory(canvas.alpha, matte)
    assert canvas.subject == SUBJECT
    assert canvas.icc_profile == b"profile"


def test_crop_is_the_subjects_box_and_a_view() -> None:
    colour, matte = picture()
    canvas = compose(colour, matte, colour, Options(crop=True))
    np.testing.assert_array_equal(canvas.rgb, colour[10:50, 20:60])
    assert np.shares_memory(canvas.rgb, colour)
    assert canvas.subject == Box(0, 0, 40, 40)


def test_a_margin_may_reach_beyond_the_picture() -> None:
    canvas = composed(Options(crop=True, crop_margin="20px 5% 50% 30px"))
    assert (canvas.width, canvas.height) == (30 + 40 + 2, 20 + 40 + 20)
    assert canvas.subject == Box(30, 20, 70, 60)
    assert canvas.alpha is not None
    assert canvas.alpha[:20].max() == 0
    colour, _ = picture()
    np.testing.assert_array_equal(canvas.rgb[20:60, 30:70], colour[10:50, 20:60])


@pytest.mark.parametrize(
    ("position", "left", "top"), [("0%", 0, 0), ("100%", 60, 20), ("center", 30, 10), ("50% 0%", 30, 0)]
)
def test_position_moves_the_subject_exactly(position: str, left: int, top: int) -> None:
    canvas = composed(Options(position=position))
    assert canvas.subject == Box(left, top, left + 40, top + 40)
    colour, matte = picture()
    subject = np.s_[canvas.subject.top : canvas.subject.bottom, canvas.subject.left : canvas.subject.right]
    np.testing.assert_array_equal(canvas.rgb[subject], colour[10:50, 20:60])
    assert canvas.alpha is not None
    assert canvas.alpha.sum() == matte.sum()


def test_scale_is_a_share_of_the_canvas_and_centres() -> None:
    canvas = composed(Options(scale="50%"))
    assert (canvas.width, canvas.height) == (WIDTH, HEIGHT)
    assert canvas.subject == Box(35, 15, 65, 45)


def test_size_in_megapixels_shrinks_and_never_enlarges() -> None:
    small = composed(Options(size="0.0015mp"))
    assert (small.width, small.height) == (50, 30)
    assert composed(Options(size="1mp")).width == WIDTH


def test_an_exact_size_is_padded() -> None:
    canvas = composed(Options(size="200x200"))
    assert (canvas.width, canvas.height) == (200, 200)
    assert canvas.subject == Box(40, 60, 120, 140)
    assert canvas.alpha is not None
    assert canvas.alpha[:40].max() == 0


def test_a_preset_fills_its_share_on_its_background() -> None:
    canvas = composed(Options(size="amazon"))
    assert (canvas.width, canvas.height) == (2000, 2000)
    assert canvas.alpha is None
    assert canvas.subject is not None
    assert canvas.subject.height == pytest.approx(1700, abs=2)
    assert canvas.rgb[0, 0].tolist() == [255, 255, 255]
    red = composed(Options(size="amazon", background_color="red"))
    assert red.rgb[0, 0].tolist() == [255, 0, 0]


def test_an_empty_matte_has_nothing_to_crop_to() -> None:
    colour, matte = picture()
    options = Options(crop=True, scale="50%", shadow="drop", size="etsy")
    canvas = compose(colour, np.zeros_like(matte), colour, options)
    assert canvas.subject is None
    assert canvas.alpha is not None
    assert canvas.alpha.max() == 0


def test_haze_does_not_widen_the_crop() -> None:
    colour, matte = picture()
    matte[0, 0] = 5
    assert compose(colour, matte, colour, Options(crop=True)).width == 40


def test_resizing_lets_no_hidden_colour_through() -> None:
    matte = np.zeros((64, 64), np.uint8)
    matte[:, :33] = 255
    colour = np.zeros((64, 64, 3), np.uint8)
    colour[:, :33] = (200, 40, 10)
    colour[:, 33:] = (0, 255, 255)
    for size in ("0.0005mp", "150x150"):
        canvas = compose(colour, matte, colour, Options(size=size))
        assert canvas.alpha is not None
        seen = canvas.rgb[canvas.alpha > 0].astype(int)
        assert ((canvas.alpha > 0) & (canvas.alpha < 255)).any()
        assert np.abs(seen - (200, 40, 10)).max() <= 1


def test_mask_only_is_the_matte_laid_out() -> None:
    _, matte = picture()
    np.testing.assert_array_equal(composed(Options(mask_only=True)).rgb, matte)
    mask = composed(
        Options(mask_only=True, crop=True, crop_margin="5px", shadow="drop", background_color="red")
    )
    assert mask.rgb.shape == (50, 50)
    assert mask.rgb.sum() == matte.sum()


def test_background_images_cover_the_canvas_around_their_centre() -> None:
    image = np.zeros((40, 300, 3), np.uint8)
    image[:, 120:180] = 255
    colour, matte = picture()
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    for given in (image, buffer.getvalue()):
        canvas = compose(colour, matte, colour, Options(background_image=given))
        assert canvas.alpha is None
        row = canvas.rgb[HEIGHT - 2, :, 0]
        assert row[0] == 0
        assert row[WIDTH - 1] == 0
        assert row[WIDTH // 2] == 255
    assert image[:, 120:180].min() == 255


@pytest.mark.parametrize(
    ("data", "code"), [(b"no picture", InvalidFileType), (b"\xff\xd8\xff\xe0", UnreadableImage)]
)
def test_a_background_that_cannot_be_read_is_not_taken_for_the_picture(
    data: bytes, code: type[LumikuError]
) -> None:
    colour, matte = picture()
    with pytest.raises(code, match="The background image cannot be used") as error:
        compose(colour, matte, colour, Options(background_image=data))
    assert error.value.details["option"] == "background_image"


def test_blur_keeps_the_subject_and_casts_no_halo() -> None:
    colour, matte = picture()
    original = np.full_like(colour, 100)
    original[matte > 0] = 255
    canvas = compose(original, matte, original, Options(background_blur=5.0))
    assert canvas.alpha is None
    assert np.abs(canvas.rgb[matte == 0].astype(int) - 100).max() <= 1
    assert canvas.rgb[matte == 255].min() == 255


def test_a_drop_shadow_lies_behind_and_below() -> None:
    _, matte = picture()
    canvas = composed(Options(shadow="drop", shadow_opacity=1.0))
    assert canvas.alpha is not None
    shade = np.where(matte == 0, canvas.alpha, 0).astype(int)
    assert shade[SUBJECT.bottom :].sum() > shade[: SUBJECT.top].sum()
    assert canvas.rgb[shade > 0].max() == 0
    colour, _ = picture()
    np.testing.assert_array_equal(canvas.rgb[matte == 255], colour[matte == 255])


def test_a_contact_shadow_lies_at_the_feet() -> None:
    _, matte = picture()
    canvas = composed(Options(shadow="contact", shadow_opacity=1.0))
    assert canvas.alpha is not None
    shade = np.where(matte == 0, canvas.alpha, 0)
    assert shade[SUBJECT.bottom, SUBJECT.left : SUBJECT.right].min() > 100
    assert shade[: SUBJECT.top].max() == 0


def test_shadows_darken_a_background_by_their_opacity() -> None:
    light = composed(Options(shadow="drop", shadow_opacity=0.0, background_color="white"))
    plain = composed(Options(background_color="white"))
    np.testing.assert_array_equal(light.rgb, plain.rgb)
    dark = composed(Options(shadow="drop", background_color="white"))
    assert dark.rgb.astype(int).sum() < plain.rgb.astype(int).sum()


def test_a_crop_keeps_the_shadow() -> None:
    plain = composed(Options(crop=True))
    shaded = composed(Options(crop=True, shadow="drop"))
    assert shaded.width > plain.width
    assert shaded.height > plain.height


def test_a_huge_canvas_is_refused() -> None:
    subject = Box(0, 0, 9000, 9000)
    with pytest.raises(ImageTooLarge):
        plan_layout(9000, 9000, subject, subject, Options(crop=True, crop_margin="50%"))
