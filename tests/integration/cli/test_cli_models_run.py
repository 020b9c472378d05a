"""The command line with real weights on a real picture."""

import io
import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data

from lumiku.core.errors import LumikuError
from lumiku.engine.catalog import find_model
from lumiku.engine.settings import EngineSettings
from lumiku.engine.weights.store import find_weights
from support.command_line import Cli

pytestmark = pytest.mark.models


@pytest.fixture
def real(cli: Cli) -> Cli:
    """With the weights of this machine, and a portrait in `photos`."""
    models = Path(os.environ.get("LUMIKU_ENGINE__MODELS_DIR") or EngineSettings().models_dir)
    for name in ("u2net", "isnet"):
        try:
            find_weights(find_model(name), EngineSettings(models_dir=models))
        except LumikuError as error:
            pytest.skip(f"needs real weights: {error.message}")
    (cli.folder / "photos").mkdir()
    Image.fromarray(data.astronaut()).save(cli.folder / "photos" / "astronaut.jpg", quality=95)
    cli.env["LUMIKU_ENGINE__MODELS_DIR"] = str(models)
    return cli


def alpha_of(image: Image.Image) -> "np.ndarray[tuple[int, int], np.dtype[np.uint8]]":
    return np.asarray(image.convert("RGBA"))[..., 3]


def test_a_portrait_comes_out_and_says_what_ran(real: Cli) -> None:
    done = real.run("remove", "photos", "-o", "out", "--tier", "basic", "--save-matte", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["tier"], told["model"], told["width"], told["height"]) == ("basic", "u2net", 512, 512)
    assert told["runtime"] in {"openvino", "onnxruntime"}
    assert told["precision"] in {"int8", "f32", "bf16"}
    assert told["device"]
    assert told["confidence"] > 0.5
    assert {"read", "decode", "infer", "compose", "encode", "write"} <= set(told["ms"])
    left, top, right, bottom = told["box"]
    assert 0 <= left < right <= 512
    assert 0 <= top < bottom <= 512
    with Image.open(real.folder / "out" / "astronaut.png") as image:
        alpha = alpha_of(image)
    assert alpha[200, 220] > 230, "her face"
    assert alpha[20, 380] < 25, "the wall"
    with Image.open(real.folder / "out" / "astronaut.matte.png") as matte:
        assert np.array_equal(np.asarray(matte), alpha)


def test_the_kept_matte_gives_the_same_without_a_model(real: Cli) -> None:
    real.run("remove", "photos", "-o", "out", "--tier", "professional", "--save-matte")
    nowhere = {"LUMIKU_ENGINE__MODELS_DIR": str(real.folder / "empty")}
    done = real.run("compose", "photos", "--matte", "out", "-o", "again", env=nowhere)
    assert done.returncode == 0, done.stderr
    assert (real.folder / "again" / "astronaut.png").read_bytes() == (
        real.folder / "out" / "astronaut.png"
    ).read_bytes()


def test_an_empty_picture_gives_an_empty_result_and_a_warning(real: Cli) -> None:
    Image.new("RGB", (400, 300), (120, 130, 140)).save(real.folder / "grey.png")
    done = real.run("remove", "grey.png", "-o", "out.png", "--json", "--tier", "basic")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["outcome"] == "unknown_foreground"
    assert b"warning UNKNOWN_FOREGROUND  grey.png" in done.stderr
    with Image.open(real.folder / "out.png") as image:
        assert alpha_of(image).max() == 0


def test_through_pipes(real: Cli) -> None:
    done = real.run(
        "remove", "-", "--tier", "basic", stdin=(real.folder / "photos" / "astronaut.jpg").read_bytes()
    )
    assert done.returncode == 0, done.stderr
    assert alpha_of(Image.open(io.BytesIO(done.stdout)))[200, 220] > 230


def test_a_sheet(real: Cli) -> None:
    done = real.run("sheet", "photos", "-o", "sheet.png", "--tier", "basic")
    assert done.returncode == 0, done.stderr
    with Image.open(real.folder / "sheet.png") as sheet:
        assert sheet.width > 4 * 240


def test_an_unknown_model_is_usage(real: Cli) -> None:
    done = real.run("remove", "photos", "-o", "out", "--model", "isnett")
    assert done.returncode == 2
    assert b"UNKNOWN_MODEL" in done.stderr
