"""A cutout becomes arrays, images and files; an empty one too, with every option."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lumiku.engine.cutout import Cutout
from lumiku.engine.errors import InvalidOption
from lumiku.engine.options import Options
from support.fake_engine import FakeRemover, red_square

FORMATS = ("png", "webp", "jpeg", "avif", "zip")
CHANGES: list[dict[str, Any]] = [
    {},
    {"mask_only": True},
    {"crop": True},
    {"crop": True, "crop_margin": "10%"},
    {"scale": "50%", "position": "center"},
    {"size": "0.25mp"},
    {"size": "64x48"},
    {"shadow": "drop"},
    {"shadow": "contact"},
    {"background_color": "#123456"},
    {"background_blur": 5.0},
    {"background_image": np.zeros((4, 4, 3), np.uint8)},
    {"crop": True, "scale": "80%", "position": "25% 75%", "shadow": "drop", "background_color": "white"},
]


@pytest.fixture(scope="module")
def empty() -> Cutout:
    return FakeRemover().remove(np.full((30, 40, 3), 90, np.uint8))


@pytest.fixture(scope="module")
def full() -> Cutout:
    return FakeRemover().remove(red_square())


@pytest.mark.parametrize("changes", CHANGES, ids=lambda changes: "+".join(changes) or "plain")
@pytest.mark.parametrize("output_format", FORMATS)
def test_an_empty_cutout_becomes_every_kind_of_file(
    empty: Cutout, output_format: str, changes: dict[str, Any]
) -> None:
    if output_format == "zip" and changes.get("mask_only"):
        pytest.skip("not to be asked for: a ZIP holds the mask anyway")
    if output_format == "jpeg" and not any(name.startswith("background") for name in changes):
        changes = {**changes, "background_color": "white"}
    data = empty.to_bytes(format=output_format, **changes)
    if output_format == "zip":
        assert data.startswith(b"PK")
        return
    with Image.open(io.BytesIO(data)) as image:
        assert image.width >= 1
        image.load()


def test_an_empty_mask_is_black(empty: Cutout) -> None:
    assert empty.image(mask_only=True).getextrema() == (0, 0)
    assert not empty.rgba.any()


def test_rgba_and_image_agree_and_hide_nothing(full: Cutout) -> None:
    assert np.array_equal(np.asarray(full.image()), full.rgba)
    assert not full.rgba[full.matte == 0].any()
    assert full.rgb[full.matte == 0].any()  # though the cutout itself still has it


def test_changes_go_on_top_of_the_removals_options(full: Cutout) -> None:
    cutout = FakeRemover().remove(red_square(), Options(background_color="white", format="webp"))
    assert cutout.to_bytes()[8:12] == b"WEBP"
    assert cutout.to_bytes(format="png").startswith(b"\x89PNG")
    assert cutout.image().mode == "RGB"
    assert cutout.image(Options()).mode == "RGBA"
    with pytest.raises(InvalidOption, match="'colour'"):
        full.to_bytes(colour="red")
    with pytest.raises(InvalidOption):
        full.compose(Options(size="big"))


@pytest.mark.parametrize(
    ("name", "start"),
    [("a.png", b"\x89PNG"), ("a.WEBP", b"RIFF"), ("a.jpg", b"\xff\xd8"), ("a.zip", b"PK"), ("a", b"\x89PNG")],
)
def test_save_goes_by_the_ending(full: Cutout, tmp_path: Path, name: str, start: bytes) -> None:
    changes = {"background_color": "white"} if name == "a.jpg" else {}
    path = full.save(tmp_path / name, **changes)
    assert path.read_bytes().startswith(start)
    other = full.save(str(tmp_path / "b.png"), format="webp")
    assert other.read_bytes().startswith(b"RIFF")
