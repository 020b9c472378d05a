"""Every Python example of the pages runs, with real models, in a folder with the pictures they speak of."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from skimage import data

from lumiku.core.errors import LumikuError
from lumiku.engine.catalog import find_model
from lumiku.engine.weights.store import find_weights
from lumiku.settings import Settings
from support.markdown import ROOT, fences, pages, python_program

HANG_S = 280
WRITTEN = {
    "README.md": {"cutout.png": "PNG", "white.jpg": "JPEG"},
    "docs/how-to/library.md": {
        "cutout.png": "PNG",
        "cutout.webp": "WEBP",
        "beach-cutout.jpg": "JPEG",
        "photo.matte.png": "PNG",
        "cropped.png": "PNG",
        "a.png": "PNG",
        "b.png": "PNG",
    },
}


def run_page(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the examples in an interpreter of their own, in which warnings are errors."""
    program = folder / "examples.py"
    program.write_text(python_program(text), "utf-8")
    return subprocess.run(
        [sys.executable, "-W", "error", str(program)],
        cwd=folder,
        env={**os.environ, "LUMIKU_ENGINE__OFFLINE": "true"},
        capture_output=True,
        text=True,
        timeout=HANG_S,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Image.fromarray(data.astronaut()).save(tmp_path / "photo.jpg", quality=95)
    Image.fromarray(data.coffee()).save(tmp_path / "beach.jpg", quality=95)
    return tmp_path


@pytest.mark.models
@pytest.mark.parametrize("name", WRITTEN)
def test_examples_run(name: str, folder: Path) -> None:
    for model in ("u2net", "isnet"):
        try:
            find_weights(find_model(model), Settings().engine)
        except LumikuError as error:
            pytest.skip(f"needs real weights: {error.message}")
    done = run_page((ROOT / name).read_text("utf-8"), folder)
    assert done.returncode == 0, done.stderr
    for written, file_format in WRITTEN[name].items():
        with Image.open(folder / written) as image:
            assert image.format == file_format


def test_no_page_has_examples_that_do_not_run() -> None:
    with_examples = {
        str(page.relative_to(ROOT))
        for page in pages()
        if any(block.language == "python" for block in fences(page.read_text("utf-8")))
    }
    assert with_examples == set(WRITTEN)


def test_a_wrong_example_is_found_on_its_line(tmp_path: Path) -> None:
    page = "# Page\n\n```python\nimport lumiku\n```\n\n```sh\nls\n```\n\n```python\nlumiku.removal\n```\n"
    done = run_page(page, tmp_path)
    assert done.returncode != 0
    assert "line 12" in done.stderr
    assert "has no attribute 'removal'" in done.stderr


def test_a_warning_is_found(tmp_path: Path) -> None:
    done = run_page("```python\nimport warnings\nwarnings.warn('old', DeprecationWarning)\n```\n", tmp_path)
    assert "DeprecationWarning" in done.stderr
