"""The small languages of options, and the check of all of them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lumiku.engine.errors import InvalidFileType, InvalidOption
from lumiku.engine.option_values import (
    Length,
    Place,
    parse_blur,
    parse_color,
    parse_margin,
    parse_position,
    parse_scale,
    parse_size,
)
from lumiku.engine.options import Options
from lumiku.engine.presets import PRESETS
from lumiku.engine.validate import validate


@pytest.mark.parametrize(
    ("text", "color"),
    [
        ("#f00", (255, 0, 0, 255)),
        ("0f08", (0, 255, 0, 136)),
        ("#0000FF", (0, 0, 255, 255)),
        ("11223344", (17, 34, 51, 68)),
        (" White ", (255, 255, 255, 255)),
        ("rebeccapurple", (102, 51, 153, 255)),
        ("transparent", (0, 0, 0, 0)),
    ],
)
def test_colors(text: str, color: tuple[int, ...]) -> None:
    assert parse_color(text) == color
    assert parse_color(text) == color  # Pillow's table of names changes with use


@pytest.mark.parametrize(
    "text", ["", "#", "#12", "12345", "#1234567", "nocolour", "rgb(1,2,3)", "٣٣٣", "#ggg"]
)
def test_bad_colors(text: str) -> None:
    with pytest.raises(InvalidOption) as error:
        parse_color(text)
    assert error.value.details["option"] == "background_color"


def test_margins() -> None:
    ten, five = Length(10, "px"), Length(5, "%")
    assert parse_margin("10") == (ten, ten, ten, ten)
    assert parse_margin("10px 5%") == (ten, five, ten, five)
    assert parse_margin("10 5% 0 500px") == (ten, five, Length(0, "px"), Length(500, "px"))
    assert five.pixels(330) == 16
    assert ten.pixels(330) == 10


@pytest.mark.parametrize("text", ["", "1 2 3", "-1", "51%", "501px", "5 %", "1e2", "nan", "10em"])
def test_bad_margins(text: str) -> None:
    with pytest.raises(InvalidOption):
        parse_margin(text)


def test_scales_and_positions() -> None:
    assert parse_scale("original") is None
    assert parse_scale("10%") == 0.1
    assert parse_scale("100%") == 1
    assert parse_position("original") is None
    assert parse_position("center") == Place(0.5, 0.5)
    assert parse_position("30%") == Place(0.3, 0.3)
    assert parse_position("30% 100%") == Place(0.3, 1)


def test_a_percentage_may_lack_its_sign() -> None:
    assert parse_scale("80") == parse_scale("80%") == 0.8
    assert parse_position("30 100%") == parse_position("30% 100") == Place(0.3, 1)
    assert parse_blur("2.5") == parse_blur(" 2.5% ") == 2.5


@pytest.mark.parametrize("text", ["", "two", "101%", "-1", "nan"])
def test_bad_blurs(text: str) -> None:
    with pytest.raises(InvalidOption, match="`background_blur` cannot be"):
        parse_blur(text)


@pytest.mark.parametrize("text", ["", "9%", "9", "101%", "101", "50 %", "center"])
def test_bad_scales(text: str) -> None:
    with pytest.raises(InvalidOption):
        parse_scale(text)


@pytest.mark.parametrize("text", ["", "-1%", "101%", "101", "1% 2% 3%", "left"])
def test_bad_positions(text: str) -> None:
    with pytest.raises(InvalidOption):
        parse_position(text)


def test_sizes() -> None:
    assert parse_size("full") == parse_size("FULL")
    assert parse_size("0.25mp").max_pixels == 250_000
    assert (parse_size("800x600").width, parse_size("800x600").height) == (800, 600)
    assert parse_size("Amazon").preset is PRESETS["amazon"]


@pytest.mark.parametrize(
    "text", ["", "0mp", "2000mp", "0x5", "800", "800x", "x600", "99999x1", "16383x16383", "big"]
)
def test_bad_sizes(text: str) -> None:
    with pytest.raises(InvalidOption):
        parse_size(text)


def test_presets_are_valid_options() -> None:
    for name, preset in PRESETS.items():
        validate(Options(size=name))
        assert 0 < preset.subject_fill <= 1
        if preset.background is not None:
            parse_color(preset.background)


def test_the_defaults_are_valid() -> None:
    validate(Options())


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("tier", "gold"),
        ("model", ""),
        ("mask_only", 1),
        ("format", "bmp"),
        ("quality", 0),
        ("quality", 101),
        ("quality", 50.5),
        ("quality", True),
        ("lossless", "yes"),
        ("compression", "best"),
        ("background_color", "nocolour"),
        ("background_color", 7),
        ("background_image", "a.png"),
        ("background_image", Path("no/such/file")),
        ("background_image", np.zeros((2, 2), np.uint8)),
        ("background_image", np.zeros((2, 2, 3), np.float32)),
        ("background_blur", 0.0),
        ("background_blur", float("nan")),
        ("background_blur", 51.0),
        ("crop", None),
        ("crop_margin", "60%"),
        ("crop_margin", 5),
        ("scale", "5%"),
        ("position", "up"),
        ("size", "huge"),
        ("shadow", "long"),
        ("shadow_opacity", -0.1),
        ("shadow_opacity", float("inf")),
        ("shadow_opacity", "0.5"),
        ("decontaminate", "on"),
        ("color_profile", "adobe"),
    ],
)
def test_each_bad_option_is_named(option: str, value: Any) -> None:
    with pytest.raises(InvalidOption) as error:
        validate(replace(Options(), **{option: value}))
    assert error.value.details["option"] == option
    assert "\n" not in error.value.message
    shown = repr(value) if isinstance(value, str | int | float | None) else ""
    assert error.value.message.startswith(f"`{option}` cannot be {shown}")
    assert error.value.message.partition(": ")[2], "what is allowed"


def test_an_empty_background_is_called_an_empty_file() -> None:
    with pytest.raises(InvalidFileType, match=r"background image .* empty") as error:
        validate(Options(background_image=b""))
    assert error.value.details["option"] == "background_image"


def test_options_that_exclude_each_other() -> None:
    with pytest.raises(InvalidOption, match="one background"):
        validate(Options(background_color="red", background_blur=2.0))
    with pytest.raises(InvalidOption, match="ZIP"):
        validate(Options(format="zip", mask_only=True))
