"""Which runtime is opened, when another may stand in, and what is said about it."""

import logging
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from lumiku.engine.catalog import ModelSpec, find_model
from lumiku.engine.errors import OptimiseFailed, RuntimeUnavailable
from lumiku.engine.runtime import openvino, select
from lumiku.engine.runtime.session import Session, SessionFailed, first_line
from lumiku.engine.settings import EngineSettings
from lumiku.engine.types import F32, U8
from lumiku.engine.weights import optimise
from lumiku.engine.weights.optimise import Optimised

U2NET = find_model("u2net")
U2NETP = find_model("u2netp")  # has no recipe


class FakeSession:
    device = "CPU"

    def __init__(self, runtime: str, precision: str, path: Path) -> None:
        self.runtime, self.precision, self.path = runtime, precision, path

    def run(self, image: U8) -> F32:
        return np.zeros(image.shape[:2], np.float32)

    def release(self) -> None: ...


@pytest.fixture(autouse=True)
def weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(select, "ensure_weights", lambda spec, settings: Path(spec.file))
    monkeypatch.setattr(
        openvino, "OpenVINOSession", lambda path, spec, precision, **rest: FakeSession("ov", precision, path)
    )
    monkeypatch.setattr(optimise, "optimise_model", built)


def built(spec: ModelSpec, settings: EngineSettings) -> Optimised:
    if spec.recipe is None:
        raise OptimiseFailed("No recipe.")
    return Optimised(Path("model.xml"), "bf16", 0.01)


def not_built(spec: ModelSpec, settings: EngineSettings) -> Optimised:
    raise OptimiseFailed("It overflows.")


def refused_earlier(spec: ModelSpec, settings: EngineSettings) -> Optimised:
    raise OptimiseFailed("It overflows.", known=True)


def opener(outcomes: dict[str, str]) -> Callable[..., Session]:
    def open_fake(provider: str, weights: Path, *rest: object) -> Session:
        if provider in outcomes:
            raise SessionFailed(outcomes[provider])
        return FakeSession(provider, "f32", weights)

    return open_fake


def give_openers(monkeypatch: pytest.MonkeyPatch, **failures: str) -> None:
    monkeypatch.setattr(select, "_OPENERS", {})
    monkeypatch.setattr(select, "_open_onnxruntime", opener(failures))


def test_another_provider_stands_in_and_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    give_openers(monkeypatch, cuda="no device")
    session = select.open_session(U2NET, EngineSettings(provider="cuda"), "f32")
    assert session.runtime == "openvino"
    assert [(r.levelname, r.getMessage()) for r in caplog.records] == [
        ("WARNING", "Fell back to openvino: cuda: no device")
    ]


def test_what_was_asked_for_needs_no_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    give_openers(monkeypatch)
    assert select.open_session(U2NET, EngineSettings(provider="cuda"), "f32").runtime == "cuda"
    assert select.open_session(U2NET, EngineSettings(), "f32").runtime == "openvino"
    assert not caplog.records


def test_strict_forbids_another_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    give_openers(monkeypatch, cuda="no device")
    with pytest.raises(RuntimeUnavailable, match=r"'u2net' cannot run here\. cuda: no device\.") as caught:
        select.open_session(U2NET, EngineSettings(provider="cuda", strict=True), "f32")
    assert caught.value.details["provider"] == "cuda"


def test_where_none_is_left_every_reason_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    give_openers(monkeypatch, openvino="too old", onnxruntime="not installed")
    with pytest.raises(RuntimeUnavailable, match=r"openvino: too old; onnxruntime: not installed\."):
        select.open_session(U2NET, EngineSettings(), "f32")


def test_int8_where_there_is_a_recipe(caplog: pytest.LogCaptureFixture) -> None:
    session = select.open_session(U2NET, EngineSettings(), "int8")
    assert (session.precision, session.path) == ("int8", Path("model.xml"))  # type: ignore[attr-defined]
    session = select.open_session(U2NETP, EngineSettings(), "int8")
    assert (session.precision, session.path) == ("f32", Path("u2netp.onnx"))  # type: ignore[attr-defined]
    assert select.open_session(U2NET, EngineSettings(), "f32").precision == "f32"
    assert not caplog.records


def test_float_stands_in_for_int8_with_a_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(optimise, "optimise_model", not_built)
    session = select.open_session(U2NET, EngineSettings(precision="int8"), "int8")
    assert session.precision == "f32"
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "It overflows. Float runs instead" in record.getMessage()


def test_a_refusal_that_is_known_is_no_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(optimise, "optimise_model", refused_earlier)
    caplog.set_level(logging.INFO)
    assert select.open_session(U2NET, EngineSettings(), "int8").precision == "f32"
    assert [record.levelno for record in caplog.records] == [logging.INFO]


def test_float_stands_in_for_an_int8_model_that_does_not_load(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def load(path: Path, spec: ModelSpec, precision: str, **rest: object) -> Session:
        if precision == "int8":
            raise SessionFailed("bad file")
        return FakeSession("ov", precision, path)

    monkeypatch.setattr(openvino, "OpenVINOSession", load)
    assert select.open_session(U2NET, EngineSettings(), "int8").precision == "f32"
    assert "bad file" in caplog.text
    with pytest.raises(RuntimeUnavailable, match="bad file"):
        select.open_session(U2NET, EngineSettings(precision="int8", strict=True), "int8")


@pytest.mark.parametrize(("spec", "reason"), [(U2NET, "It overflows"), (U2NETP, "It overflows")])
def test_strict_int8_takes_no_float(monkeypatch: pytest.MonkeyPatch, spec: ModelSpec, reason: str) -> None:
    monkeypatch.setattr(optimise, "optimise_model", not_built)
    with pytest.raises(RuntimeUnavailable, match=reason):
        select.open_session(spec, EngineSettings(precision="int8", strict=True), "int8")
    # strict alone is about the provider: the pipelines' own int8 is a preference
    assert select.open_session(spec, EngineSettings(strict=True), "int8").precision == "f32"


def test_onnx_runtime_has_no_int8() -> None:
    settings = EngineSettings(provider="onnxruntime", precision="int8", strict=True)
    with pytest.raises(RuntimeUnavailable, match="float only"):
        select.open_session(U2NET, settings, "int8")


def test_a_runtimes_error_in_one_line() -> None:
    path = Path("/home/somebody/models/a.onnx")
    assert first_line(RuntimeError(f"cannot read {path}\nstack\nstack"), path) == "cannot read a.onnx"
    assert first_line(RuntimeError(), path) == "RuntimeError"
    assert len(first_line(RuntimeError("x" * 999), path)) == 200
