"""How much memory twelve megapixels take in a fresh process, and whether it grows over many pictures."""

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from skimage import data

from support.real_weights import settings_with

pytestmark = [
    pytest.mark.models,
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc"),
]

BUDGET_BYTES = 450_000_000
ONE = """
import json, pathlib, sys
import lumiku
remover = lumiku.Remover(lumiku.EngineSettings(models_dir=sys.argv[1], offline=True))
data = pathlib.Path(sys.argv[2]).read_bytes()
cutout = remover.remove(data)
size = len(cutout.to_bytes())
fields = dict(line.split(":") for line in open("/proc/self/status") if line.startswith("Vm"))
print(json.dumps({"peak": int(fields["VmHWM"].split()[0]) * 1024, "bytes": size,
                  "precision": cutout.executions[0].precision, "shape": cutout.matte.shape}))
"""
MANY = """
import json, pathlib, sys
import lumiku
def resident():
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmRSS")).split()[1]) * 1024
remover = lumiku.Remover(lumiku.EngineSettings(models_dir=sys.argv[1], offline=True))
data = pathlib.Path(sys.argv[2]).read_bytes()
seen = {}
for number in range(1, int(sys.argv[3]) + 1):
    remover.remove(data, lumiku.Options(tier=sys.argv[4])).to_bytes()
    if number in (50, int(sys.argv[3])):
        seen[number] = resident()
print(json.dumps(seen))
"""


def in_a_fresh_process(code: str, *arguments: object) -> dict[str, object]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    answered: dict[str, object] = json.loads(run.stdout)
    return answered


def photo(folder: Path, width: int, height: int) -> Path:
    """A portrait scaled up, with grain, so that it is as hard to compress as a photo."""
    large = cv2.resize(data.astronaut(), (width, height), interpolation=cv2.INTER_CUBIC)
    grain = np.random.default_rng(0).integers(-12, 13, large.shape, dtype=np.int16)
    pixels = np.clip(large.astype(np.int16) + grain, 0, 255).astype(np.uint8)
    path = folder / "photo.jpg"
    Image.fromarray(pixels).save(path, quality=92)
    return path


def test_twelve_megapixels_stay_within_the_budget(tmp_path: Path) -> None:
    models = settings_with("isnet").models_dir
    path = photo(tmp_path, 4000, 3000)
    in_a_fresh_process(ONE, models, path)  # whoever comes first may have to build and compile
    warm = in_a_fresh_process(ONE, models, path)
    assert (warm["precision"], warm["shape"]) == ("int8", [3000, 4000])
    assert isinstance(warm["peak"], int)
    assert 150_000_000 < warm["peak"] <= BUDGET_BYTES


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("tier", "pictures"), [("basic", 300), ("basic", 1000), ("standard", 1000)])
def test_memory_does_not_grow_with_the_number_of_pictures(tmp_path: Path, tier: str, pictures: int) -> None:
    models = settings_with("u2net", "isnet").models_dir
    seen = in_a_fresh_process(MANY, models, photo(tmp_path, 900, 700), pictures, tier)
    early, late = seen["50"], seen[str(pictures)]
    assert isinstance(early, int)
    assert isinstance(late, int)
    assert late <= early * 1.05
