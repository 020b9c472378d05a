"""The quality of tiers and models: `python -m benchmarks.quality [--peer PYTHON] [NAME...]`.

A NAME is a tier, or a model of the catalogue run alone, in full precision and one pass. With `--peer`,
a Python that has rembg makes its masks of the same pictures, scored alike; U2NET_HOME says where it finds
weights. With `--mattes FOLDER` each matte is kept, and one that lies there is not made again: a run that was
stopped goes on, and the mattes can be looked at. The pictures lie beside the repository: see
benchmarks/matting_data.py.
"""

import argparse
import subprocess
import tempfile
import time
from pathlib import Path
from typing import get_args

import cv2
import numpy as np

from benchmarks.matting_data import Item, composites, items
from benchmarks.scores import METRICS, U8, mean_by_set, mean_over_sets, rank_correlation, score
from lumiku.engine.options import TIERS, Options, Tier
from lumiku.engine.remover import Remover, pipeline_for
from lumiku.engine.settings import EngineSettings
from lumiku.engine.steps.foreground import estimate_foreground
from lumiku.engine.steps.measure import measure

MODELS = ("u2netp", "u2net", "isnet")
PEERS = ("u2netp", "u2net", "isnet-general-use")
Scores = dict[tuple[str, str], dict[str, float]]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--peer", help="a Python with rembg")
    arguments.add_argument("--by-set", action="store_true", help="print each set's means, too")
    arguments.add_argument(
        "--colour", action="store_true", help="measure the foreground colour on composites"
    )
    arguments.add_argument("--mattes", type=Path, help="keep mattes in this folder, and go on from there")
    arguments.add_argument("names", nargs="*", metavar="NAME")
    given = arguments.parse_args()
    print(f"{'':26}" + "".join(f"{name:>9}" for name in METRICS))
    for name in given.names or (*MODELS, *TIERS):
        scores, confidences = ours(name, given.mattes)
        note = f"  rank correlation of confidence and iou {correlation(scores, confidences):.2f}"
        print_row(f"lumiku {name}", scores, note, by_set=given.by_set)
    for name in PEERS if given.peer else ():
        print_row(f"rembg {name}", of_peer(given.peer, name), by_set=given.by_set)
    if given.colour:
        print_colour()


def ours(name: str, kept: Path | None = None) -> tuple[Scores, dict[tuple[str, str], float]]:
    """Scores and confidences of a tier or of a model alone; mattes are kept in `kept`, or taken from it."""
    tier: Tier | None = next((tier for tier in get_args(Tier) if tier == name), None)
    settings = EngineSettings() if tier else EngineSettings(precision="f32")
    options = Options(tier=tier, mask_only=True) if tier else Options(model=name, mask_only=True)
    remover = Remover(settings)
    folder = kept / pipeline_for(options).name.replace(":", "-") if kept else None
    scores: Scores = {}
    confidences = {}
    for item in items():
        path = folder / item.data_set / f"{item.stem}.png" if folder else None
        if path and path.exists():
            matte = read_mask(path, item)
        else:
            matte = remover.remove(item.picture.read_bytes(), options).matte
            if path:
                path.parent.mkdir(parents=True, exist_ok=True)
                cv2.imwrite(str(path), matte)
        scores[item] = score(matte, item.truth(), item.data_set)
        confidences[item] = measure(matte).confidence
    return scores, confidences


def of_peer(python: str, model: str) -> Scores:
    """Scores of rembg's masks."""
    everything = items()
    with tempfile.TemporaryDirectory() as folder:
        script = Path(__file__).with_name("rembg_masks.py")
        pictures = [str(item.picture) for item in everything]
        subprocess.run([python, "-P", str(script), model, folder, *pictures], check=True)
        return {
            item: score(read_mask(Path(folder) / f"{number}.png", item), item.truth(), item.data_set)
            for number, item in enumerate(everything)
        }


def read_mask(path: Path, item: Item) -> U8:
    mask = np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), np.uint8)
    assert mask.shape == item.truth().shape, item
    return mask


def correlation(scores: Scores, confidences: dict[tuple[str, str], float]) -> float:
    keys = list(scores)
    return rank_correlation([confidences[key] for key in keys], [scores[key]["iou"] for key in keys])


def print_row(name: str, scores: Scores, note: str = "", *, by_set: bool) -> None:
    rows = {name: mean_over_sets(scores)} | (mean_by_set(scores) if by_set else {})
    for label, values in rows.items():
        cells = "".join(f"{values[metric]:9.4f}" if metric in values else f"{'':9}" for metric in METRICS)
        print(f"{label:26}{cells}{note if label == name else ''}", flush=True)


def print_colour() -> None:
    """Mean straight colour error in the band 0 < alpha < 1, in levels of 255, on known composites."""
    errors: dict[str, list[float]] = {
        "rembg (colour times alpha)": [],
        "the picture's colour": [],
        "lumiku": [],
    }
    seconds = 0.0
    for picture, foreground, alpha in composites():
        band = (alpha > 0) & (alpha < 255)
        started = time.perf_counter()
        estimated = estimate_foreground(picture, alpha)
        seconds += time.perf_counter() - started
        premultiplied = picture * (alpha[..., None] / 255)
        for name, colour in zip(errors, (premultiplied, picture, estimated), strict=True):
            errors[name].append(float(np.abs(colour[band] - foreground[band].astype(np.float64)).mean()))
    for name, values in errors.items():
        print(f"{name:28}{np.mean(values):8.2f}  ({len(values)} composites)")
    print(f"{'time a composite':28}{seconds / len(errors['lumiku']) * 1000:8.0f} ms")


if __name__ == "__main__":
    main()
