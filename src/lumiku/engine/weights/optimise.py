"""Builds a model's int8 form once on this machine and remembers how it runs fastest here."""

import hashlib
import json
import logging
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import openvino as ov

from lumiku.engine.catalog import ModelSpec
from lumiku.engine.errors import DiskFull, OptimiseFailed
from lumiku.engine.settings import EngineSettings
from lumiku.engine.weights.compiled import compile_model
from lumiku.engine.weights.graph import read_graph, with_byte_input
from lumiku.engine.weights.locks import lock
from lumiku.engine.weights.quantize import Recipe, load_recipe, quantize
from lumiku.engine.weights.selfcheck import difference, make_test_picture, run_graph
from lumiku.engine.weights.sources import NO_ROOM
from lumiku.engine.weights.stamps import is_stamped, stamp
from lumiku.engine.weights.store import derived_folder, find_weights

# Counts as tool version: raise it when the same recipe would give another model.
_BUILD = 1
# How much more than its recipe's own difference to float a build may show. Measured with both hints: the
# shipped recipes stay below 1.0 times, ranges half as wide give 2.1 times (IS-Net) and 2.8 times (U2-Net),
# a fifth as wide 26 times and more, five times as wide 14 and 3.6 times.
_TOLERANCE = 1.6
_TIMED_RUNS = 3
_FILES = ("model.xml", "model.bin")
_FULL_BELOW_BYTES = 1 << 20  # OpenVINO does not say why it could not write; what is left tells

_log = logging.getLogger(__name__)

Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Optimised:
    """An int8 model on disk.

    Attributes:
        path: OpenVINO's `.xml`; its `.bin` lies beside it.
        hint: the precision for what is not int8 that was faster here, "f32" or "bf16".
        difference: root mean square difference to the float model on the test picture, 0..1.
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


def optimise_model(
    spec: ModelSpec, settings: EngineSettings, progress: Progress | None = None, *, again: bool = False
) -> Optimised:
    """Build the int8 model, unless it is there.

    The result is compared with the float model on a picture made by code, so that a processor whose int8
    arithmetic overflows, or tools that read the recipe otherwise, are found out here and not by a customer.
    Processes that want the same model wait for the first one. A model that was refused is remembered, so
    that not every start builds it in vain.

    Args:
        spec: a model with a recipe.
        settings: where weights and derived files lie.
        progress: called with steps done and steps in all.
        again: build also what was refused earlier.

    Raises:
        OptimiseFailed: the model has no usable recipe, there is no place for the result, or what was built
            is not usable; the message says why, and `details["known"]` is set where that was found out
            earlier.
        DiskFull: there is no room for the result; nothing of it is left behind.
        ModelMissing: the weights are not here.
    """
    found = _look(spec, settings, again=again)
    if found is not None:
        return found
    folder = _folder(spec, settings)
    weights = find_weights(spec, settings)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with lock(settings, f"{spec.name}.int8"):
            found = _look(spec, settings, again=again)
            return found or _build(spec, weights, settings, progress or _silent)
    except OSError as error:
        if error.errno in NO_ROOM:
            raise _full(spec, folder.parent) from error
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
    refusal = _refusal_path(folder)
    try:
        built = _build_files(spec, weights, scratch, report)
        if not built.difference <= _TOLERANCE * _recipe_of(spec).difference:
            refusal.write_text(json.dumps({"difference": built.difference}), "utf-8")
            raise _refused(spec, built.difference)
        hashes = {name: _sha256(scratch / name) for name in _FILES}
        facts = {"hint": built.hint, "difference": built.difference, "sha256": hashes}
        (scratch / "facts.json").write_text(json.dumps(facts), "utf-8")
        shutil.rmtree(folder, ignore_errors=True)  # there, but not to be trusted
        scratch.replace(folder)
        refusal.unlink(missing_ok=True)
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
    picture = make_test_picture(spec)
    expected, _ = run_graph(with_byte_input(read_graph(weights, spec), spec), "f32", picture, runs=1)
    report(1, 4)
    graph = read_graph(weights, spec)
    quantize(graph, _recipe_of(spec))
    graph = with_byte_input(graph, spec)
    path = scratch / "model.xml"
    _save(graph, path, spec)
    report(2, 4)
    trials = {hint: run_graph(graph, hint, picture, runs=_TIMED_RUNS) for hint in _hints()}
    report(3, 4)
    hint = min(trials, key=lambda name: trials[name][1])
    _log.info("int8 %s: %s", spec.name, {name: round(seconds, 4) for name, (_, seconds) in trials.items()})
    return Optimised(path, hint, difference(trials[hint][0], expected))


def _save(graph: ov.Model, path: Path, spec: ModelSpec) -> None:
    try:
        ov.save_model(graph, path, compress_to_fp16=False)
    except RuntimeError as error:
        if shutil.disk_usage(path.parent).free < _FULL_BELOW_BYTES:
            raise _full(spec, path.parent.parent) from error
        raise


def _hints() -> tuple[str, ...]:
    capabilities = ov.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return ("f32", "bf16") if "BF16" in capabilities else ("f32",)


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


def _look(spec: ModelSpec, settings: EngineSettings, *, again: bool) -> Optimised | None:
    """What was built earlier; raises OptimiseFailed where it was refused, unless it may be tried `again`."""
    found = find_optimised(spec, settings)
    if found is not None or again:
        return found
    try:
        refusal = json.loads(_refusal_path(_folder(spec, settings)).read_text("utf-8"))
        known = float(refusal["difference"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    raise _refused(spec, known, known=True)


def _refusal_path(folder: Path) -> Path:
    """Where it is kept that just this model, on just this processor, was refused."""
    return folder.with_name(f"{folder.name}.refused.json")


def _refused(spec: ModelSpec, found: float, *, known: bool = False) -> OptimiseFailed:
    limit = _TOLERANCE * _recipe_of(spec).difference
    return OptimiseFailed(
        f"The int8 model of '{spec.name}' differs too much from the float one on this processor "
        f"({found:.4f} > {limit:.4f}). To build it again: lumiku models optimise {spec.name}.",
        model=spec.name,
        known=known,
    )


def _failed(spec: ModelSpec, reason: str) -> OptimiseFailed:
    return OptimiseFailed(f"The int8 model of '{spec.name}' could not be built: {reason}.", model=spec.name)


def _full(spec: ModelSpec, folder: Path) -> DiskFull:
    return DiskFull(
        f"No room left in {folder} for the int8 model of '{spec.name}'. Make some, or move the models to a "
        f"larger disk (LUMIKU_ENGINE__MODELS_DIR), then: lumiku models optimise {spec.name}.",
        model=spec.name,
    )


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
