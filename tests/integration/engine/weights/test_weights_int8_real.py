"""int8 models of the real weights: built by processes that race or die, found warm, refused when wrong."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from lumiku.engine.catalog import find_model
from lumiku.engine.errors import OptimiseFailed, RuntimeUnavailable
from lumiku.engine.options import Options
from lumiku.engine.remover import Remover
from lumiku.engine.runtime.select import open_session
from lumiku.engine.settings import EngineSettings
from lumiku.engine.weights import optimise
from lumiku.engine.weights.optimise import compiled_folder, find_optimised, optimise_model
from lumiku.engine.weights.quantize import Recipe
from lumiku.engine.weights.store import derived_folder, weights_state
from support.fake_engine import red_square
from support.real_weights import fresh_folder, settings_with

pytestmark = pytest.mark.models

U2NET = find_model("u2net")
OPTIMISE = """
import json, os, sys
from lumiku.engine.catalog import find_model
from lumiku.engine.settings import EngineSettings
from lumiku.engine.weights import optimise
build, builds = optimise._build_files, []
optimise._build_files = lambda *given: (builds.append(1), build(*given))[1]
settings = EngineSettings(models_dir=sys.argv[1], offline=True)
found = optimise.optimise_model(find_model("u2net"), settings)
print(json.dumps({"path": str(found.path), "builds": len(builds)}))
"""
WARM = """
import json, sys
from lumiku.engine.catalog import find_model
from lumiku.engine.runtime.select import open_session
from lumiku.engine.settings import EngineSettings
settings = EngineSettings(models_dir=sys.argv[1], offline=True)
session = open_session(find_model(sys.argv[2]), settings, sys.argv[3])
print(json.dumps({"cached": bool(session._compiled.get_property("LOADED_FROM_CACHE")),
                  "threads": session._compiled.get_property("INFERENCE_NUM_THREADS"),
                  "precision": session.precision}))
"""


def start(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, text=True)


def answer(process: subprocess.Popen[str]) -> dict[str, object]:
    output, _ = process.communicate(timeout=240)
    assert process.returncode == 0
    answered: dict[str, object] = json.loads(output)
    return answered


def test_two_processes_at_once_build_once(tmp_path: Path) -> None:
    fresh_folder(tmp_path, "u2net")
    both = [start(OPTIMISE, str(tmp_path)) for _ in range(2)]
    first, second = (answer(each) for each in both)
    assert first["path"] == second["path"]
    assert {first["builds"], second["builds"]} == {0, 1}


def test_a_build_that_was_killed_leaves_nothing_that_is_believed(tmp_path: Path) -> None:
    settings = fresh_folder(tmp_path, "u2net")
    process = start(OPTIMISE, str(tmp_path))
    folder = derived_folder(U2NET, settings)
    until = time.monotonic() + 120
    while not list(folder.glob(".building-*/model.xml")) and time.monotonic() < until:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert list(folder.glob(".building-*"))  # it was in the middle
    assert find_optimised(U2NET, settings) is None
    assert weights_state(U2NET, settings) == "present"
    optimise_model(U2NET, settings)
    assert not list(folder.glob(".building-*"))
    assert weights_state(U2NET, settings) == "optimised"


@pytest.mark.parametrize("precision", ["int8", "f32"])
def test_a_fresh_process_finds_the_model_compiled(precision: str) -> None:
    settings = settings_with("isnet")
    arguments = (str(settings.models_dir), "isnet", precision)
    answer(start(WARM, *arguments))
    folder = compiled_folder(find_model("isnet"), settings)
    before = {blob.name: blob.stat().st_mtime_ns for blob in folder.glob("*.blob")}
    warm = answer(start(WARM, *arguments))
    assert (warm["cached"], warm["precision"]) == (True, precision)
    assert before
    assert {blob.name: blob.stat().st_mtime_ns for blob in folder.glob("*.blob")} == before


@pytest.mark.parametrize("damage", [lambda blob: os.truncate(blob, 1000), lambda blob: os.truncate(blob, 0)])
def test_a_cut_compiled_model_is_compiled_again(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    settings = fresh_folder(tmp_path, "u2netp")
    arguments = (str(tmp_path), "u2netp", "f32")
    assert not answer(start(WARM, *arguments))["cached"]
    (blob,) = compiled_folder(find_model("u2netp"), settings).glob("*.blob")
    blob.chmod(0o600)
    damage(blob)
    assert answer(start(WARM, *arguments))["precision"] == "f32"
    assert Remover(settings).remove(red_square(), Options(model="u2netp")).outcome == "ok"


def test_without_a_place_for_compiled_models_all_still_runs(tmp_path: Path) -> None:
    fresh_folder(tmp_path, "u2netp")
    (tmp_path / "derived").write_text("no folder")
    assert not answer(start(WARM, str(tmp_path), "u2netp", "f32"))["cached"]


@pytest.mark.parametrize("threads", [1, 2])
def test_the_threads_of_the_settings_are_used(tmp_path: Path, threads: int) -> None:
    settings = fresh_folder(tmp_path, "u2netp").model_copy(update={"threads": threads})
    session = open_session(find_model("u2netp"), settings, "f32")
    assert session._compiled.get_property("INFERENCE_NUM_THREADS") == threads  # type: ignore[attr-defined]


def test_strict_cuda_without_a_device_says_why(tmp_path: Path) -> None:
    settings = fresh_folder(tmp_path, "u2netp").model_copy(update={"provider": "cuda", "strict": True})
    with pytest.raises(RuntimeUnavailable, match=r"no CUDA|not installed|could not be started"):
        Remover(settings).warm(Options(model="u2netp"))


def test_cuda_without_a_device_runs_on_the_cpu_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = fresh_folder(tmp_path, "u2netp").model_copy(update={"provider": "cuda"})
    cutout = Remover(settings).remove(red_square(), Options(model="u2netp"))
    assert [(each.runtime, each.device) for each in cutout.executions] == [("openvino", "CPU")]
    assert "Fell back to openvino: cuda:" in caplog.text


def scaled(recipe: Recipe, factor: float) -> Recipe:
    rows = [replace(row, low=row.low * factor, high=row.high * factor) for row in recipe.activations]
    return replace(recipe, activations=tuple(rows), text=f"{recipe.text} times {factor}")


@pytest.mark.parametrize(
    ("name", "factor", "hints"),
    [("isnet", 0.5, ("f32",)), ("isnet", 0.5, ("bf16",)), ("u2net", 0.5, ("f32",)), ("u2net", 5.0, ("f32",))],
)
def test_a_broken_recipe_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, factor: float, hints: tuple[str, ...]
) -> None:
    if not set(hints) <= {*optimise._hints()}:
        pytest.skip(f"this processor has no {hints[0]}")
    settings, spec = fresh_folder(tmp_path, name), find_model(name)
    broken = scaled(optimise.load_recipe(name), factor)
    monkeypatch.setattr(optimise, "load_recipe", lambda name: broken)
    monkeypatch.setattr(optimise, "_hints", lambda: hints)
    with pytest.raises(OptimiseFailed, match="differs too much"):
        optimise_model(spec, settings)
    assert find_optimised(spec, settings) is None
    assert weights_state(spec, settings) == "int8 refused"


@pytest.mark.parametrize("hints", [("f32",), ("bf16",)])
@pytest.mark.parametrize("name", ["isnet", "u2net"])
def test_the_shipped_recipe_is_far_from_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, hints: tuple[str, ...]
) -> None:
    if not set(hints) <= {*optimise._hints()}:
        pytest.skip(f"this processor has no {hints[0]}")
    monkeypatch.setattr(optimise, "_hints", lambda: hints)
    built = optimise_model(find_model(name), fresh_folder(tmp_path, name))
    assert built.difference < optimise.load_recipe(name).difference * optimise._TOLERANCE / 1.3


def test_a_refused_recipe_means_float_and_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings = EngineSettings(models_dir=fresh_folder(tmp_path, "u2net").models_dir, offline=True)
    other = replace(optimise.load_recipe("u2net"), weights_sha256="0" * 64)
    monkeypatch.setattr(optimise, "load_recipe", lambda name: other)
    cutout = Remover(settings).remove(red_square(), Options(tier="basic"))
    assert [each.precision for each in cutout.executions] == ["f32"]
    assert "made for other weights" in caplog.text
