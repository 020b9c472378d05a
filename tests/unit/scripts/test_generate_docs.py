"""The generated pages say what the code says, and the check of that can fail."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = ROOT / "scripts" / "generate_docs.py"


@pytest.fixture(scope="module")
def generate_docs() -> ModuleType:
    specification = importlib.util.spec_from_file_location("generate_docs", SCRIPT)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    "page",
    [
        "MODELS.md",
        "docs/reference/configuration.md",
        "docs/reference/cli.md",
        "docs/reference/http-api.md",
        "frontend/src/api/schema.ts",
    ],
)
def test_a_page_in_the_repository_is_fresh(page: str) -> None:
    result = run("--check", page)
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_stale_and_an_absent_page_are_named(tmp_path: Path) -> None:
    pages = ["MODELS.md", "docs/reference/configuration.md"]
    assert run("--root", str(tmp_path), *pages).returncode == 0
    assert run("--root", str(tmp_path), "--check", *pages).returncode == 0
    page = tmp_path / "MODELS.md"
    page.write_text(page.read_text().replace("8d10d2f3", "00000000"))
    (tmp_path / "docs/reference/configuration.md").unlink()
    result = run("--root", str(tmp_path), "--check", *pages)
    assert result.returncode == 1
    assert [line.split()[0] for line in result.stdout.splitlines()] == pages
    assert "00000000" in page.read_text()  # a check changes nothing


def test_the_models_page_has_every_hash_licence_and_source(generate_docs: ModuleType) -> None:
    page = generate_docs.models_page()
    for spec in generate_docs.CATALOG:
        assert spec.licence in page
        assert spec.homepage in page
        assert spec.sha256 is None or spec.sha256 in page
        for source in spec.sources:
            assert getattr(source, "url", None) or source.package in page


def test_the_configuration_page_does_not_depend_on_the_machine(
    generate_docs: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = generate_docs.configuration_page()
    monkeypatch.setenv("HOME", "/somewhere/else")
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere/else/cache")
    monkeypatch.setenv("LUMIKU_ENGINE__THREADS", "7")
    assert generate_docs.configuration_page() == here
    assert "LUMIKU_ENGINE__MODELS_DIR" in here
