"""Builds a model's int8 form once on this machine and remembers how it runs fastest here."""

import hashlib
import json
import logging
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import cv2
import numpy as np
import openvino as ov
from filelock import FileLock

from lumiku.engine.catalog import ModelSpec
from lumiku.engine.errors import OptimiseFailed
from lumiku.engine.settings import EngineSettings
from lumiku.engine.types import F32, U8
from lumiku.engine.weights.compiled import compile_model
from lumiku.engine.weights.graph import read_graph, with_byte_input
from lumiku.engine.weights.quantize import Recipe, load_recipe, quantize
from lumiku.engine.weights.stamps import is_stamped, stamp
from lumiku.engine.weights.store import derived_folder, find_weights

# Counts as tool version: raise it when the same recipe would give another model.
_BUILD = 1
# On the test picture, measured with both hints: the shipped recipes differ from float by 0.004 (IS-Net) and
# 0.007 (U2-Net); with ranges a fifth as wide by 0.52 both, five times as wide by 0.077 and 0.020.
_MAX_DIFFERENCE = 0.015
_TIMED_RUNS = 3
_FILES = ("model.xml", "model.bin")

_log = logging.getLogger(__name__)

Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Optimised:
    """An int8 model on disk.

    Attributes:
        path: OpenVINO's `.xml`; its `.bin` lies beside it.
        hint: the precision for what is not int8 that was faster here, "f32" or "bf16".
        difference: mean absolute difference to the float model on the test picture, 0..1.
    """

    path: Path
    hint: str
    difference: float


def find_optimised(spec: ModelSpec, settings: EngineSettings) -> Optimised | None:
    """The int8 model built earlier from just these weights, recipe and tools on this kind of processor.

    None where there is none that can be trusted: unfinished, damaged, or with facts that make no sense.
    """
    try:
        folder = _folder(spec, settings)
        facts = json.loads((folder / "facts.json").read_text("utf-8"))
        found = Optimised(folder / "model.xml", facts["hint"], float(facts["difference"]))
        whole = all(_is_whole(folder / name, facts["sha256"][name]) for name in _FILES)
    except (OptimiseFailed, OSError, ValueError, KeyError, TypeError):
        return None
    return found if whole and found.hint in _hints() else None


def optimise_model(spec: ModelSpec, settings: EngineSettings, progress: Progress | None = None) -> Optimised:
    """Build the int8 model, unless it is there.

    The result is compared with the float model on a picture made by code, so that a processor whose int8
    arithmetic overflows, or tools that read the recipe otherwise, are found out here and not by a customer.
    Processes that want the same model wait for the first one.

    Args:
        spec: a model with a recipe.
        settings: where weights and derived files lie.
        progress: called with steps done and steps in all.

    Raises:
        OptimiseFailed: the model has no usable recipe, there is no place for the result, or what was built
            is not usable; the message says why.
        ModelMissing: the weights are not here.
    """
    found = find_optimised(spec, settings)
    if found is not None:
        return found
    folder = _folder(spec, settings)
    weights = find_weights(spec, settings)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.parent / ".optimise.lock"):
            return find_optimised(spec, settings) or _build(spec, weights, settings, progress or _silent)
    except OSError as error:
        raise _failed(spec, f"{folder.parent} cannot be written ({error.strerror})") from error
    except (RuntimeError, KeyError, ValueError, MemoryError) as error:
        raise _failed(spec, type(error).__name__) from error


def _build(spec: ModelSpec, weights: Path, settings: EngineSettings, report: Progress) -> Optimised:
    """Build beside the final folder, which appears in one rename; the caller holds the lock."""
    folder = _folder(spec, settings)
    for stale in folder.parent.glob(".building-*"):  # of a process that was killed: we hold the lock
        shutil.rmtree(stale, ignore_errors=True)
    scratch = folder.parent / f".building-{os.getpid()}"
    scratch.mkdir()
    try:
        built = _build_files(spec, weights, scratch, report)
        hashes = {name: _sha256(scratch / name) for name in _FILES}
        facts = {"hint": built.hint, "difference": built.difference, "sha256": hashes}
        (scratch / "facts.json").write_text(json.dumps(facts), "utf-8")
        shutil.rmtree(folder, ignore_errors=True)  # there, but not to be trusted
        scratch.replace(folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    path = folder / "model.xml"
    # The first picture shall find the compiled model, too; the cache goes by the final path.
    compile_model(path, hint=built.hint, threads=settings.threads, cache_dir=compiled_folder(spec, settings))
    report(4, 4)
    return Optimised(path, built.hint, built.difference)


def compiled_folder(spec: ModelSpec, settings: EngineSettings) -> Path:
    """Where the compiled forms of a model are kept between processes."""
    return derived_folder(spec, settings) / "compiled"


def _build_files(spec: ModelSpec, weights: Path, scratch: Path, report: Progress) -> Optimised:
    report(0, 4)
    picture = _test_picture(spec)
    expected, _ = _run(with_byte_input(read_graph(weights, spec), spec), "f32", picture, runs=1)
    report(1, 4)
    graph = read_graph(weights, spec)
    quantize(graph, _recipe_of(spec))
    graph = with_byte_input(graph, spec)
    path = scratch / "model.xml"
    ov.save_model(graph, path, compress_to_fp16=False)
    report(2, 4)
    trials = {hint: _run(graph, hint, picture, runs=_TIMED_RUNS) for hint in _hints()}
    report(3, 4)
    hint = min(trials, key=lambda name: trials[name][1])
    difference = float(np.abs(trials[hint][0] - expected).mean())
    if not difference <= _MAX_DIFFERENCE:
        raise OptimiseFailed(
            f"The int8 model of '{spec.name}' differs too much from the float one on this processor "
            f"({difference:.3f} > {_MAX_DIFFERENCE}).",
            model=spec.name,
        )
    _log.info("int8 %s: %s", spec.name, {name: round(seconds, 4) for name, (_, seconds) in trials.items()})
    return Optimised(path, hint, difference)


def _hints() -> tuple[str, ...]:
    capabilities = ov.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return ("f32", "bf16") if "BF16" in capabilities else ("f32",)


def _run(graph: ov.Model, hint: str, picture: U8, runs: int) -> tuple[F32, float]:
    """The matte of `picture`, and the fastest of `runs` in seconds."""
    request = compile_model(graph, hint=hint).create_infer_request()
    request.infer([picture[np.newaxis]])
    matte: F32 = request.get_output_tensor(0).data[0, 0].astype(np.float32)
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        request.infer([picture[np.newaxis]])
        seconds.append(time.perf_counter() - started)
    return matte, min(seconds)


def _test_picture(spec: ModelSpec) -> U8:
    """A large lobed shape, only a little off its background, both of them blotched.

    Both models find it, but not with ease: a plain ball would be found by a badly broken model as well.
    """
    height, width = spec.input_size
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / np.float32(height)
    dice = np.random.RandomState(5)  # its stream is frozen for good, other than a Generator's
    background = 0.45 + _blotches(dice, (height, width), cells=3, strength=0.12)
    tint = np.array([0.15, 0.03, -0.12], np.float32)
    subject = 0.45 + tint + _blotches(dice, (height, width), cells=6, strength=0.1)
    angle, distance = np.arctan2(y - 0.52, x - 0.48), np.hypot(x - 0.48, y - 0.52)
    rim = 0.42 * (1 + 0.25 * np.cos(7 * angle + 1) + 0.12 * np.cos(17 * angle))
    inside = np.clip((rim - distance) * 30, 0, 1)[..., np.newaxis]
    pixels = np.clip(inside * subject + (1 - inside) * background, 0, 1)
    picture: U8 = np.rint(pixels * 255).astype(np.uint8)
    return picture


def _blotches(dice: np.random.RandomState, size: tuple[int, int], cells: int, strength: float) -> F32:
    """Noise of four scales, each half as strong as the one twice as coarse: HxWx3."""
    total = np.zeros((*size, 3), np.float32)
    for octave in range(4):
        grid = dice.standard_normal((cells << octave, cells << octave, 3)).astype(np.float32)
        total += cv2.resize(grid, size[::-1], interpolation=cv2.INTER_CUBIC) * (strength / 2**octave)
    return total


def _folder(spec: ModelSpec, settings: EngineSettings) -> Path:
    """Named by everything that the int8 model depends on."""
    recipe = _recipe_of(spec)
    processor = ov.Core().get_property("CPU", "FULL_DEVICE_NAME")
    parts = (spec.sha256, recipe.text, spec.input_size, version("openvino"), processor, _hints(), _BUILD)
    key = hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
    return derived_folder(spec, settings) / f"int8-{key}"


def _recipe_of(spec: ModelSpec) -> Recipe:
    """The recipe, for just these weights; raises OptimiseFailed."""
    if spec.recipe is None:
        raise OptimiseFailed(f"'{spec.name}' has no int8 recipe; it runs in float.", model=spec.name)
    try:
        recipe = load_recipe(spec.recipe)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _failed(spec, "its recipe is damaged") from error
    if recipe.weights_sha256 != spec.sha256:
        raise _failed(spec, "its recipe was made for other weights")
    return recipe


def _failed(spec: ModelSpec, reason: str) -> OptimiseFailed:
    return OptimiseFailed(f"The int8 model of '{spec.name}' could not be built: {reason}.", model=spec.name)


def _is_whole(path: Path, sha256: str) -> bool:
    """Whether the file has this hash; as with weights, a stamp is believed while size and time stay."""
    if is_stamped(path, sha256):
        return True
    if _sha256(path) != sha256:
        return False
    stamp(path, sha256)
    return True


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _silent(done: int, total: int | None) -> None:
    del done, total
