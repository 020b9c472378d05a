"""The tiers with their real models: empty and extreme pictures, threads, and what is said to have run."""

import io
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image
from skimage import data

from lumiku.engine.options import TIERS, Options
from lumiku.engine.remover import Remover
from lumiku.engine.types import U8
from support.real_weights import settings_with

pytestmark = pytest.mark.models

ASTRONAUT: U8 = data.astronaut()
_Y, _X = np.mgrid[0:200, 0:300]
EMPTY: dict[str, U8] = {
    "black": np.zeros((200, 300, 3), np.uint8),
    "white": np.full((200, 300, 3), 255, np.uint8),
    "noise": np.random.default_rng(0).integers(0, 255, (200, 300, 3), np.uint8),
    "gradient": np.stack([_X * 255 // 299, _Y * 255 // 199, 128 + 0 * _X], axis=-1).astype(np.uint8),
}
EXTREME: dict[str, tuple[int, int]] = {
    "1x1": (1, 1),
    "1x200": (200, 1),
    "200x1": (1, 200),
    "20000x1": (1, 20000),
}


def with_each_tier(*names: str) -> list[tuple[str, str]]:
    """Pairs; `industry`, whose models take seconds and are those of `professional`, has the last name."""
    return [(tier, name) for tier in TIERS for name in (names[-1:] if tier == "industry" else names)]


@pytest.fixture(scope="module")
def remover() -> Remover:
    return Remover(settings_with("isnet", "u2net").model_copy(update={"max_models": 4}))


@pytest.mark.parametrize("tier", TIERS)
def test_a_person_is_found(remover: Remover, tier: str) -> None:
    cutout = remover.remove(ASTRONAUT, Options(tier=tier))  # type: ignore[arg-type]
    assert cutout.outcome == "ok"
    assert cutout.confidence > 0.5
    assert cutout.box is not None
    assert cutout.box.bottom > 500
    assert cutout.matte[120, 220] == 255  # her face
    assert cutout.matte[20, 20] == 0
    assert {(each.runtime, each.device) for each in cutout.executions} == {("openvino", "CPU")}
    assert {each.precision for each in cutout.executions} == {"f32" if tier == "industry" else "int8"}
    assert all(len(each.version) == 12 for each in cutout.executions)


@pytest.mark.parametrize(("tier", "name"), with_each_tier(*EMPTY))
def test_an_empty_picture_has_an_empty_matte(remover: Remover, tier: str, name: str) -> None:
    cutout = remover.remove(EMPTY[name], Options(tier=tier))  # type: ignore[arg-type]
    assert (cutout.outcome, cutout.confidence, cutout.box) == ("unknown_foreground", 0.0, None)
    assert not cutout.matte.any()
    for output_format in ("png", "webp", "zip"):
        assert cutout.to_bytes(format=output_format, crop=True)


@pytest.mark.parametrize(("tier", "name"), with_each_tier(*EXTREME))
def test_a_picture_of_extreme_shape_is_no_accident(remover: Remover, tier: str, name: str) -> None:
    height, width = EXTREME[name]
    picture = np.resize(np.arange(251, dtype=np.uint8), (height, width, 3))
    cutout = remover.remove(picture, Options(tier=tier))  # type: ignore[arg-type]
    assert cutout.matte.shape == (height, width)
    assert 0 <= cutout.confidence <= 1
    assert (cutout.box is None) == (cutout.outcome == "unknown_foreground")
    if cutout.box is not None:
        assert 0 <= cutout.box.left < cutout.box.right <= width
        assert 0 <= cutout.box.top < cutout.box.bottom <= height
    with Image.open(io.BytesIO(cutout.to_bytes())) as image:
        assert image.size == (width, height)


def test_threads_get_the_very_bytes_of_one_after_the_other(remover: Remover) -> None:
    pictures = [np.ascontiguousarray(np.roll(ASTRONAUT, 60 * n, axis=1)[: 512 - 20 * n]) for n in range(8)]
    options = Options(tier="basic")
    alone = [remover.remove(picture, options).to_bytes() for picture in pictures]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda picture: remover.remove(picture, options).to_bytes(), pictures))
    assert together == alone
    assert len(set(alone)) == 8


def test_memory_is_given_back_after_a_large_picture_and_the_next_result_is_the_same(remover: Remover) -> None:
    large = np.ascontiguousarray(np.repeat(np.repeat(ASTRONAUT, 5, axis=0), 5, axis=1))
    first = remover.remove(large, Options(tier="basic"))
    again = remover.remove(large, Options(tier="basic"))
    assert np.array_equal(first.matte, again.matte)


def test_runtimes_agree_on_the_same_weights() -> None:
    for name in ("u2net", "u2netp"):
        settings = settings_with(name)
        mattes = []
        for provider in ("openvino", "onnxruntime"):
            chosen = settings.model_copy(update={"provider": provider, "precision": "f32", "strict": True})
            cutout = Remover(chosen).remove(ASTRONAUT, Options(model=name, mask_only=True))
            assert [(each.runtime, each.precision) for each in cutout.executions] == [(provider, "f32")]
            mattes.append(cutout.matte.astype(np.float32))
        assert np.abs(mattes[0] - mattes[1]).mean() < 0.05  # of 255
    assert np.abs(mattes[0] - mattes[0][:, ::-1]).mean() > 5  # two that do not agree


def test_int8_and_float_nearly_agree() -> None:
    settings = settings_with("isnet")
    mattes = []
    for precision in ("int8", "f32"):
        chosen = settings.model_copy(update={"precision": precision, "strict": True})
        cutout = Remover(chosen).remove(ASTRONAUT, Options(mask_only=True))
        assert [each.precision for each in cutout.executions] == [precision]
        mattes.append(cutout.matte.astype(np.float32))
    assert 0 < np.abs(mattes[0] - mattes[1]).mean() < 2.5  # of 255
