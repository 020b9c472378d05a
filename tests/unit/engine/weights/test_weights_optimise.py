"""Building int8 models out of a network of three convolutions: what is believed, refused and built again."""

import errno
import json
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import openvino as ov
import pytest
from openvino import opset13 as op

from lumiku.engine.catalog import ModelSpec, find_model
from lumiku.engine.errors import DiskFull, OptimiseFailed
from lumiku.engine.settings import EngineSettings
from lumiku.engine.weights import optimise
from lumiku.engine.weights.graph import _name_by_order
from lumiku.engine.weights.optimise import find_optimised, optimise_model
from lumiku.engine.weights.quantize import ActivationRange, Recipe, load_recipe
from lumiku.engine.weights.store import derived_folder

SPEC = ModelSpec(
    name="toy",
    family="u2net",
    file="toy.onnx",
    sha256="a" * 64,
    size_bytes=0,
    licence="MIT",
    homepage="https://example.org/toy",
    sources=(),
    input_size=(64, 64),
    recipe="toy",
)
RECIPE = Recipe(
    name="toy",
    text="toy",
    weights_sha256="a" * 64,
    difference=0.01,
    convolutions=("Convolution_1",),
    activations=(ActivationRange("Relu_0", (("Convolution_1", 0),), 0.0, 1.0),),
)


def toy_graph(path: Path, spec: ModelSpec) -> ov.Model:
    """Three convolutions that blur: 1x3x64x64 to 1x1x64x64 in [0, 1]."""
    rng = np.random.default_rng(0)
    node = picture = op.parameter([1, 3, 64, 64], np.float32)
    for before, after in ((3, 8), (8, 8), (8, 1)):
        weights = np.abs(rng.standard_normal((after, before, 3, 3))).astype(np.float32) / (9 * before)
        node = op.convolution(node, op.constant(weights), [1, 1], [1, 1], [1, 1], [1, 1])
        node = op.relu(node)
    scaled = op.clamp(op.multiply(node, op.constant(np.float32(30))), 0.0, 1.0)
    model = ov.Model([op.result(scaled)], [picture], "toy")
    _name_by_order(model)
    return model


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EngineSettings:
    monkeypatch.setattr(optimise, "read_graph", toy_graph)
    monkeypatch.setattr(optimise, "find_weights", lambda spec, settings: Path(spec.file))
    monkeypatch.setattr(optimise, "load_recipe", lambda name: RECIPE)
    return EngineSettings(models_dir=tmp_path)


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows by one with each build."""
    seen: list[str] = []
    build = optimise._build_files
    monkeypatch.setattr(optimise, "_build_files", lambda *given: (seen.append("built"), build(*given))[1])
    return seen


def test_built_once_then_found(settings: EngineSettings, builds: list[str]) -> None:
    assert find_optimised(SPEC, settings) is None
    progress: list[tuple[int, int | None]] = []
    first = optimise_model(SPEC, settings, lambda done, total: progress.append((done, total)))
    assert first.path.is_file()
    assert first.hint in {"f32", "bf16"}
    assert first.difference < 0.01
    assert progress == [(step, 4) for step in range(5)]
    assert find_optimised(SPEC, settings) == first
    assert optimise_model(SPEC, settings) == first
    assert builds == ["built"]
    left = {each.name for each in derived_folder(SPEC, settings).iterdir()}
    assert left == {first.path.parent.name, "compiled"}
    assert {each.name for each in (settings.models_dir / "locks").iterdir()} == {"toy.int8.lock"}


def test_the_graph_really_became_int8(settings: EngineSettings) -> None:
    model = ov.Core().read_model(optimise_model(SPEC, settings).path)
    kinds = [node.get_type_name() for node in model.get_ordered_ops()]
    assert kinds.count("FakeQuantize") == 1
    constants = [node for node in model.get_ordered_ops() if node.get_type_name() == "Constant"]
    assert any(node.get_element_type() == ov.Type.i8 for node in constants)


def test_the_compiled_model_waits_for_the_first_picture(settings: EngineSettings) -> None:
    built = optimise_model(SPEC, settings)
    folder = optimise.compiled_folder(SPEC, settings)
    (blob,) = folder.glob("*.blob")
    facts = blob.stat()
    compiled = optimise.compile_model(built.path, hint=built.hint, threads=0, cache_dir=folder)
    assert compiled.get_property("LOADED_FROM_CACHE")
    assert blob.stat().st_mtime_ns == facts.st_mtime_ns
    other = optimise.compile_model(
        built.path, hint=built.hint, threads=1, cache_dir=settings.models_dir / "c"
    )
    assert not other.get_property("LOADED_FROM_CACHE")


@pytest.mark.parametrize("threads", [1, 2])
def test_threads_are_kept_also_by_a_cached_model(settings: EngineSettings, threads: int) -> None:
    built = optimise_model(SPEC, settings)
    folder = optimise.compiled_folder(SPEC, settings)
    for _ in range(2):
        compiled = optimise.compile_model(built.path, hint=built.hint, threads=threads, cache_dir=folder)
        assert compiled.get_property("INFERENCE_NUM_THREADS") == threads


def cut_weights(folder: Path) -> None:
    os.truncate(folder / "model.bin", (folder / "model.bin").stat().st_size // 2)


def flip_a_byte(folder: Path) -> None:
    data = bytearray((folder / "model.bin").read_bytes())
    data[len(data) // 2] ^= 0x40
    (folder / "model.bin").write_bytes(data)


def other_facts(**changes: object) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        facts = json.loads((folder / "facts.json").read_text())
        (folder / "facts.json").write_text(json.dumps(facts | changes))

    return write


DAMAGES: dict[str, Callable[[Path], object]] = {
    "cut weights": cut_weights,
    "one byte of the weights": flip_a_byte,
    "no weights": lambda folder: (folder / "model.bin").unlink(),
    "no graph": lambda folder: (folder / "model.xml").unlink(),
    "another graph": lambda folder: (folder / "model.xml").write_text("<net/>"),
    "no facts": lambda folder: (folder / "facts.json").unlink(),
    "empty facts": lambda folder: (folder / "facts.json").write_text(""),
    "binary facts": lambda folder: (folder / "facts.json").write_bytes(b"\xff\xfe\x00"),
    "facts that are a list": lambda folder: (folder / "facts.json").write_text("[1]"),
    "a hint that is none": other_facts(hint="int4"),
    "a hint that is a list": other_facts(hint=["f32"]),
    "a difference that is no number": other_facts(difference="little"),
    "no hashes": other_facts(sha256=None),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_model_is_built_again(settings: EngineSettings, builds: list[str], damage: str) -> None:
    first = optimise_model(SPEC, settings)
    before = first.path.with_suffix(".bin").read_bytes()
    DAMAGES[damage](first.path.parent)
    assert find_optimised(SPEC, settings) is None
    again = optimise_model(SPEC, settings)
    assert builds == ["built", "built"]
    assert again.path.with_suffix(".bin").read_bytes() == before
    assert find_optimised(SPEC, settings) == again


def test_a_copied_models_folder_is_hashed_and_believed(settings: EngineSettings, builds: list[str]) -> None:
    built = optimise_model(SPEC, settings)
    os.utime(built.path.with_suffix(".bin"), (1, 1))
    assert find_optimised(SPEC, settings) == built
    assert builds == ["built"]


def broken_recipe(*given: object) -> Recipe:
    raise json.JSONDecodeError("broken", "", 0)


@pytest.mark.parametrize(
    ("load", "reason"),
    [
        (broken_recipe, "recipe is damaged"),
        (lambda name: (_ for _ in ()).throw(FileNotFoundError()), "recipe is damaged"),
        (lambda name: replace(RECIPE, weights_sha256="b" * 64), "made for other weights"),
        (lambda name: replace(RECIPE, convolutions=("Convolution_99",)), "KeyError"),
        (lambda name: replace(RECIPE, activations=(ActivationRange("Relu_0", (), 0.0, 0.01),)), None),
    ],
)
def test_a_recipe_that_does_not_fit_is_refused(
    settings: EngineSettings, monkeypatch: pytest.MonkeyPatch, load: object, reason: str | None
) -> None:
    monkeypatch.setattr(optimise, "load_recipe", load)
    if reason is None:  # nobody reads the bad range: the checks above do not refuse everything
        assert optimise_model(SPEC, settings).path.is_file()
        return
    assert find_optimised(SPEC, settings) is None
    with pytest.raises(OptimiseFailed, match=reason) as caught:
        optimise_model(SPEC, settings)
    assert str(settings.models_dir) not in caught.value.message
    assert not [*derived_folder(SPEC, settings).glob("int8-*"), *derived_folder(SPEC, settings).glob(".b*")]


def test_a_model_that_answers_otherwise_is_refused(
    settings: EngineSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow = (ActivationRange("Relu_0", (("Convolution_1", 0),), 0.0, 0.01),)
    monkeypatch.setattr(optimise, "load_recipe", lambda name: replace(RECIPE, activations=narrow))
    with pytest.raises(OptimiseFailed, match="differs too much"):
        optimise_model(SPEC, settings)
    assert find_optimised(SPEC, settings) is None
    assert endings_of_built(settings) == {"refused.json"}


def endings_of_built(settings: EngineSettings) -> set[str]:
    """The endings of what lies where int8 models lie."""
    return {each.name.partition(".")[2] for each in derived_folder(SPEC, settings).glob("int8-*")}


def test_a_refusal_is_remembered_until_it_is_tried_again(
    settings: EngineSettings, builds: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(optimise, "load_recipe", lambda name: replace(RECIPE, difference=0.0))
    for known in (False, True, True):
        with pytest.raises(OptimiseFailed, match="lumiku models optimise toy") as caught:
            optimise_model(SPEC, settings)
        assert caught.value.details["known"] is known
    assert builds == ["built"]
    with pytest.raises(OptimiseFailed):
        optimise_model(SPEC, settings, again=True)
    assert builds == ["built", "built"]
    monkeypatch.setattr(optimise, "load_recipe", lambda name: RECIPE)  # of the same text: the same folder
    optimise_model(SPEC, settings, again=True)
    assert optimise_model(SPEC, settings).path.is_file()
    assert endings_of_built(settings) == {""}
    assert builds == ["built"] * 3


def test_a_refusal_is_about_one_recipe_and_a_damaged_one_counts_for_nothing(
    settings: EngineSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(optimise, "load_recipe", lambda name: replace(RECIPE, difference=0.0))
    with pytest.raises(OptimiseFailed):
        optimise_model(SPEC, settings)
    [refusal] = derived_folder(SPEC, settings).glob("*.refused.json")
    monkeypatch.setattr(optimise, "load_recipe", lambda name: replace(RECIPE, text="better"))
    assert optimise_model(SPEC, settings).path.is_file()
    refusal.write_text("[]")
    monkeypatch.setattr(optimise, "load_recipe", lambda name: RECIPE)
    assert optimise_model(SPEC, settings).path.is_file()


def test_a_model_without_a_recipe_has_no_int8_form(settings: EngineSettings) -> None:
    plain = replace(SPEC, recipe=None)
    assert find_optimised(plain, settings) is None
    with pytest.raises(OptimiseFailed, match="runs in float"):
        optimise_model(plain, settings)


def test_another_recipe_or_other_weights_have_another_folder(
    settings: EngineSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = optimise_model(SPEC, settings)
    monkeypatch.setattr(optimise, "load_recipe", lambda name: replace(RECIPE, text="better"))
    assert find_optimised(SPEC, settings) is None
    assert optimise_model(SPEC, settings).path != first.path


def test_where_nothing_can_be_written_float_has_to_do(settings: EngineSettings) -> None:
    (settings.models_dir / "derived").write_text("a file where the folder should be")
    with pytest.raises(OptimiseFailed, match="cannot be written"):
        optimise_model(SPEC, settings)


def test_two_at_once_build_once(settings: EngineSettings, builds: list[str]) -> None:
    start = threading.Barrier(2)

    def build() -> Path:
        start.wait(10)
        return optimise_model(SPEC, settings).path

    with ThreadPoolExecutor(2) as pool:
        one, other = (job.result(60) for job in [pool.submit(build), pool.submit(build)])
    assert one == other
    assert builds == ["built"]


def test_what_a_killed_build_left_is_swept(settings: EngineSettings) -> None:
    half = derived_folder(SPEC, settings) / ".building-999"
    half.mkdir(parents=True)
    (half / "model.xml").write_text("<net/>")
    assert find_optimised(SPEC, settings) is None
    optimise_model(SPEC, settings)
    assert not half.exists()


@pytest.mark.parametrize("name", ["isnet", "u2net"])
def test_a_shipped_recipe_is_made_for_the_catalogues_weights(name: str) -> None:
    recipe = load_recipe(name)
    assert recipe.weights_sha256 == find_model(name).sha256
    assert all(row.low < row.high for row in recipe.activations)
    assert len(set(recipe.convolutions)) == len(recipe.convolutions)


@pytest.mark.parametrize("free", [0, 1 << 40])
def test_a_full_disk_is_told_from_other_failures(
    settings: EngineSettings, monkeypatch: pytest.MonkeyPatch, free: int
) -> None:
    def cannot_write(*given: object, **more: object) -> None:
        raise RuntimeError("Exception from src/core/src/pass/serialize.cpp")

    monkeypatch.setattr(optimise.ov, "save_model", cannot_write)
    monkeypatch.setattr(optimise.shutil, "disk_usage", lambda path: _Usage(free))
    expected = (OptimiseFailed, "could not be built") if free else (DiskFull, "MODELS_DIR.*optimise toy")
    with pytest.raises(expected[0], match=expected[1]):
        optimise_model(SPEC, settings)
    assert not list(derived_folder(SPEC, settings).glob(".building-*"))


def test_a_full_disk_before_anything_is_built_is_told_too(
    settings: EngineSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*given: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(optimise, "_build_files", no_room)
    with pytest.raises(DiskFull, match="No room left"):
        optimise_model(SPEC, settings)


@dataclass(frozen=True)
class _Usage:
    free: int
