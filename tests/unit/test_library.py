"""What goes in comes out in the same kind, and nothing that was given is changed."""

import io
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import lumiku
from lumiku import library
from lumiku.core.errors import LumikuError
from lumiku.engine.cutout import Cutout
from lumiku.engine.errors import InvalidOption, PictureMissing, UnreadableImage
from lumiku.engine.options import Options
from support.fake_engine import FakeRemover, red_square
from support.pictures import encode_rgb

PICTURE = red_square()
HEIGHT, WIDTH = PICTURE.shape[:2]


@pytest.fixture
def remover() -> FakeRemover:
    return FakeRemover()


def as_png(image: Image.Image, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "PNG", **options)
    return stream.getvalue()


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_bytes_give_png_bytes_of_the_same_size(remover: FakeRemover, kind: type) -> None:
    result = lumiku.remove(kind(encode_rgb(PICTURE, "JPEG")), remover=remover)
    assert isinstance(result, bytes)
    with Image.open(io.BytesIO(result)) as image:
        assert (image.format, image.mode, image.size) == ("PNG", "RGBA", (WIDTH, HEIGHT))
        alpha = np.asarray(image.getchannel("A"))
    assert alpha[HEIGHT // 2, WIDTH // 2] == 255
    assert alpha[0, 0] == 0


@pytest.mark.parametrize("kind", [str, Path])
def test_a_path_gives_a_cutout(remover: FakeRemover, tmp_path: Path, kind: type) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(encode_rgb(PICTURE, "PNG"))
    before = path.read_bytes()
    result = lumiku.remove(kind(path), remover=remover)
    assert isinstance(result, Cutout)
    assert result.rgba.shape == (HEIGHT, WIDTH, 4)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["a.png"]


@pytest.mark.parametrize(
    "mode", ["RGB", "RGBA", "L", "P", "CMYK", "I;16", "1", "LA", "PA", "YCbCr", "I", "F"]
)
def test_a_pil_image_of_any_mode_gives_rgba(remover: FakeRemover, mode: str) -> None:
    base = Image.fromarray(PICTURE)
    if mode == "P":
        image = base.quantize(16)
    elif mode == "I;16":
        image = Image.fromarray(np.arange(HEIGHT * WIDTH, dtype=np.uint16).reshape(HEIGHT, WIDTH) * 13)
    elif mode == "PA":
        image = base.convert("RGBA").convert("PA")
    else:
        image = base.convert(mode)
    assert image.mode == mode
    before = image.tobytes()
    result = lumiku.remove(image, remover=remover)
    assert isinstance(result, Image.Image)
    assert (result.mode, result.size) == ("RGBA", (WIDTH, HEIGHT))
    assert (image.mode, image.tobytes()) == (mode, before)
    grey = mode in {"L", "LA", "I;16", "1", "I", "F"}  # nothing is red in them
    assert (result.getchannel("A").getbbox() is None) == grey


def test_a_pil_images_orientation_is_applied(remover: FakeRemover) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(io.BytesIO(as_png(Image.fromarray(PICTURE), exif=exif))) as image:
        assert lumiku.remove(image, remover=remover).size == (HEIGHT, WIDTH)
    with Image.open(io.BytesIO(as_png(Image.fromarray(PICTURE)))) as image:
        assert lumiku.remove(image, remover=remover).size == (WIDTH, HEIGHT)


def test_a_damaged_or_empty_pil_image_is_a_clear_error(remover: FakeRemover) -> None:
    cut = encode_rgb(np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8), "JPEG")[:2000]
    with pytest.raises(UnreadableImage, match="damaged"):
        lumiku.remove(Image.open(io.BytesIO(cut)), remover=remover)
    with pytest.raises(InvalidOption):
        lumiku.remove(Image.new("RGB", (0, 5)), remover=remover)


@pytest.mark.parametrize("shape", [(), (1,), (3,), (4,)])
def test_an_array_gives_a_writable_rgba_array(remover: FakeRemover, shape: tuple[int, ...]) -> None:
    if shape == (4,):
        array = np.dstack([PICTURE, np.full((HEIGHT, WIDTH), 255, np.uint8)])
    else:
        array = PICTURE if shape == (3,) else PICTURE[..., 0].reshape(HEIGHT, WIDTH, *shape)
    array = array.copy()
    array.flags.writeable = False
    before = array.copy()
    result = lumiku.remove(array, remover=remover)
    assert (result.shape, result.dtype) == ((HEIGHT, WIDTH, 4), np.uint8)
    result[:] = 7
    assert np.array_equal(array, before)


def test_arrays_of_any_strides_are_read_alike(remover: FakeRemover) -> None:
    plain = lumiku.remove(PICTURE, remover=remover)
    for view in (np.asfortranarray(PICTURE), np.repeat(PICTURE, 2, axis=1)[:, ::2], PICTURE[::-1][::-1]):
        assert np.array_equal(lumiku.remove(view, remover=remover), plain)


def test_a_cutout_does_not_follow_its_array(remover: FakeRemover) -> None:
    frame = PICTURE.copy()
    kept = lumiku.cutout(frame, remover=remover, decontaminate=False)
    before = kept.rgba
    frame[:] = 0  # the next frame of a film, say
    assert np.array_equal(kept.rgba, before)
    assert np.array_equal(kept.original, PICTURE)


def test_opaque_pixels_keep_their_colour_and_clear_ones_have_none(remover: FakeRemover) -> None:
    result = lumiku.remove(PICTURE, remover=remover)
    opaque = result[..., 3] == 255
    assert opaque.any()
    assert np.array_equal(result[opaque][:, :3], PICTURE[opaque])
    assert not result[result[..., 3] == 0].any()


def test_a_mask_is_grey_and_a_background_is_opaque(remover: FakeRemover) -> None:
    assert lumiku.remove(PICTURE, remover=remover, mask_only=True).shape == (HEIGHT, WIDTH)
    assert lumiku.remove(Image.fromarray(PICTURE), remover=remover, mask_only=True).mode == "L"
    filled = lumiku.remove(PICTURE, remover=remover, background_color="#00ff00")
    assert filled.shape == (HEIGHT, WIDTH, 3)
    assert tuple(filled[0, 0]) == (0, 255, 0)


@pytest.mark.parametrize(
    "data",
    [
        np.zeros((4, 4, 3), np.float32),
        np.zeros((4, 4, 3), bool),
        np.zeros((4, 4, 3), np.uint16),
        np.zeros((4, 4, 2), np.uint8),
        np.zeros((4, 4, 5), np.uint8),
        np.zeros((3, 4, 4, 3), np.uint8),
        np.zeros((12,), np.uint8),
        np.zeros((0, 4, 3), np.uint8),
        np.zeros((4, 4, 0), np.uint8),
        None,
        17,
        ["photo.jpg"],
        io.BytesIO(b""),
    ],
    ids=lambda data: " ".join(str(data).split(" at ")[0].split()),  # the same in each process: no address
)
def test_what_is_no_picture_is_an_invalid_option(remover: FakeRemover, data: object) -> None:
    with pytest.raises(InvalidOption) as caught:
        lumiku.remove(data, remover=remover)  # type: ignore[call-overload]
    assert caught.value.details["option"] == "data"
    assert not remover.loads


@pytest.mark.parametrize("name", ["none.png", "", "a\0b", "x" * 5000])
def test_a_path_that_leads_nowhere(remover: FakeRemover, tmp_path: Path, name: str) -> None:
    with pytest.raises(PictureMissing) as caught:
        lumiku.remove(f"{tmp_path}/{name}", remover=remover)
    assert caught.value.code == "PICTURE_MISSING"
    assert str(tmp_path) not in caught.value.message
    assert "\n" not in caught.value.message


def test_a_folder_is_called_one_and_the_way_is_shown(remover: FakeRemover, tmp_path: Path) -> None:
    for folder in (tmp_path, str(tmp_path), "."):
        with pytest.raises(PictureMissing, match=r"is a folder.*Remover.*lumiku remove FOLDER") as caught:
            lumiku.remove(folder, remover=remover)
        assert str(tmp_path) not in caught.value.message


def test_every_option_can_be_given_and_others_are_named(remover: FakeRemover) -> None:
    for field in fields(Options):
        value = getattr(Options(), field.name)
        assert lumiku.cutout(PICTURE, remover=remover, **{field.name: value}).outcome == "ok"
    with pytest.raises(InvalidOption, match="'croop'") as caught:
        lumiku.cutout(PICTURE, remover=remover, croop=True)
    assert caught.value.details["option"] == "croop"
    with pytest.raises(InvalidOption) as caught:
        lumiku.cutout(PICTURE, remover=remover, quality=0)
    assert caught.value.details["option"] == "quality"


@pytest.fixture
def no_shared_remover() -> Iterator[None]:
    library._make_remover.cache_clear()
    yield
    library._make_remover.cache_clear()


def test_the_shared_remover_is_made_once_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, no_shared_remover: None
) -> None:
    made = []
    monkeypatch.setenv("LUMIKU_ENGINE__THREADS", "3")
    monkeypatch.setattr(library, "load_remover", lambda s: made.append(s) or FakeRemover(s))
    lumiku.remove(PICTURE)
    lumiku.remove(PICTURE)
    assert [each.threads for each in made] == [3]


def test_a_bad_setting_is_one_of_our_errors(monkeypatch: pytest.MonkeyPatch, no_shared_remover: None) -> None:
    monkeypatch.setenv("LUMIKU_ENGINE__THREADS", "many")
    with pytest.raises(LumikuError, match="LUMIKU_ENGINE__THREADS"):
        lumiku.remove(PICTURE)
