"""What holds for every canvas: PNG gives it back, blending is its formula, layouts keep their promises."""

import io

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from lumiku.engine.options import Compression, Options
from lumiku.engine.steps.blend import over_opaque, over_translucent
from lumiku.engine.steps.compose import compose
from lumiku.engine.steps.encode import encode
from lumiku.engine.steps.layout import find_subject, most_pixels, plan_layout
from lumiku.engine.steps.png import write_png
from lumiku.engine.steps.png_filters import StripFilter
from lumiku.engine.types import U8

SIDES = st.integers(1, 40)
ALPHA_VALUES = st.sampled_from([0, 0, 0, 1, 12, 13, 127, 128, 254, 255, 255, 255])


@st.composite
def foregrounds(draw: st.DrawFn) -> tuple[U8, U8]:
    height, width = draw(SIDES), draw(SIDES)
    colour = draw(arrays.arrays(np.uint8, (height, width, 3)))
    alpha = draw(arrays.arrays(np.uint8, (height, width), elements=ALPHA_VALUES))
    return colour, alpha


@given(foregrounds(), st.sampled_from(["auto", "fast", "small"]), st.sampled_from(["rgba", "rgb", "grey"]))
def test_png_round_trip(picture: tuple[U8, U8], compression: Compression, kind: str) -> None:
    colour, alpha = picture
    if kind == "rgba":
        data = write_png(colour, alpha, compression=compression)
        wanted = np.dstack([colour * (alpha > 0)[..., None], alpha])
    else:
        wanted = colour if kind == "rgb" else alpha
        data = write_png(wanted, None, compression=compression)
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(data))), wanted)


@given(foregrounds(), st.integers(1, 5))
def test_strips_of_any_height_undo_to_the_same_pixels(picture: tuple[U8, U8], rows: int) -> None:
    colour, alpha = picture
    height, width = alpha.shape
    strip = StripFilter(width, 4, rows)
    above = np.zeros(4 * width, np.uint8)
    for top in range(0, height, rows):
        for number, line in enumerate(strip.run(colour, alpha, top, min(top + rows, height)), start=top):
            above = unfilter(line, above)
            wanted = np.c_[colour[number] * (alpha[number] > 0)[:, None], alpha[number]]
            np.testing.assert_array_equal(above.reshape(-1, 4), wanted)


def unfilter(line: U8, above: U8) -> U8:
    """The specification's own definition, a byte at a time."""
    out = [0, 0, 0, 0]
    corner_and_above = [0, 0, 0, 0, *above.tolist()]
    for place, value in enumerate(line[1:].tolist()):
        a, b, c = out[place], corner_and_above[place + 4], corner_and_above[place]
        estimate = a + b - c
        nearest = min((a, b, c), key=lambda neighbour: abs(estimate - neighbour))
        predicted = (0, a, b, (a + b) // 2, nearest)[line[0]]
        out.append((value + predicted) % 256)
    return np.array(out[4:], np.uint8)


@given(foregrounds(), st.data())
def test_blending_is_the_formula(picture: tuple[U8, U8], data: st.DataObject) -> None:
    colour, alpha = picture
    backdrop = data.draw(arrays.arrays(np.uint8, colour.shape))
    weight = alpha[..., None] / 255
    wanted = colour * weight + backdrop * (1 - weight)
    mixed = over_opaque(colour, alpha, backdrop.copy())
    assert np.abs(mixed - wanted).max() <= 0.5 + 1e-9
    np.testing.assert_array_equal(mixed[alpha == 255], colour[alpha == 255])
    np.testing.assert_array_equal(mixed[alpha == 0], backdrop[alpha == 0])


@given(foregrounds(), st.integers(0, 255), st.tuples(*[st.integers(0, 255)] * 3))
def test_translucent_blending_is_the_formula(
    picture: tuple[U8, U8], below: int, backdrop: tuple[int, int, int]
) -> None:
    colour, alpha = picture
    mixed, total = over_translucent(colour, alpha, backdrop, below)
    front, back = alpha / 255, below / 255 * (1 - alpha / 255)
    assert np.abs(total - 255 * (front + back)).max() <= 0.5 + 1e-4
    seen = front + back > 0
    wanted = colour * front[..., None] + np.array(backdrop) * back[..., None]
    straight = wanted[seen] / (front + back)[seen][:, None]
    assert np.abs(mixed[seen] - straight).max(initial=0) <= 0.5 + 1e-3
    np.testing.assert_array_equal(mixed[alpha == 255], colour[alpha == 255])


@given(
    foregrounds(),
    st.builds(
        Options,
        format=st.just("png"),
        crop=st.booleans(),
        crop_margin=st.sampled_from(["0", "3px", "10% 2px", "50%"]),
        scale=st.sampled_from(["original", "10%", "75%", "100%"]),
        position=st.sampled_from(["original", "center", "0%", "100% 30%"]),
        size=st.sampled_from(["full", "0.0002mp", "30x17"]),
        shadow=st.sampled_from(["none", "drop", "contact"]),
        background_blur=st.sampled_from([None, 0.3, 10.0]),
    ),
)
@settings(max_examples=200, deadline=None)
def test_every_layout_gives_a_canvas_that_can_be_written(picture: tuple[U8, U8], options: Options) -> None:
    colour, alpha = picture
    before = colour.copy(), alpha.copy()
    canvas = compose(colour, alpha, colour, options)
    np.testing.assert_array_equal(colour, before[0])
    np.testing.assert_array_equal(alpha, before[1])
    assert canvas.width >= 1
    assert canvas.height >= 1
    if options.size == "30x17":
        assert (canvas.width, canvas.height) == (30, 17)
    elif options.size == "0.0002mp":
        assert canvas.width * canvas.height <= max(200, canvas.width, canvas.height)
    elif not options.crop:
        assert (canvas.height, canvas.width) == alpha.shape
    if canvas.subject is not None:
        left, top, right, bottom = canvas.subject
        assert 0 <= left <= right <= canvas.width
        assert 0 <= top <= bottom <= canvas.height
    written = Image.open(io.BytesIO(encode(canvas, options).data))
    assert written.size == (canvas.width, canvas.height)


@given(foregrounds())
def test_a_crop_holds_all_that_can_be_seen_and_keeps_its_colour(picture: tuple[U8, U8]) -> None:
    colour, alpha = picture
    canvas = compose(colour, alpha, colour, Options(crop=True))
    box = find_subject(alpha)
    assert canvas.alpha is not None
    if box is None:
        assert canvas.alpha.shape == alpha.shape
        return
    assert (canvas.alpha > 12).sum() == (alpha > 12).sum()
    np.testing.assert_array_equal(canvas.rgb, colour[box.top : box.bottom, box.left : box.right])


MARGINS = st.sampled_from(["0", "3px", "10%", "50% 500px"])
SIZES = st.sampled_from(["full", "0.0005mp", "30x20", "7000x7000"])


@given(foregrounds(), st.builds(Options, crop=st.booleans(), crop_margin=MARGINS, size=SIZES))
def test_no_canvas_has_more_pixels_than_was_said(picture: tuple[U8, U8], options: Options) -> None:
    height, width = picture[1].shape
    subject = find_subject(picture[1])
    canvas = plan_layout(width, height, subject, subject, options).foreground
    assert canvas.width * canvas.height <= most_pixels(width, height, options)
    assert (options.size == "7000x7000") == (canvas.width == 7000)
