"""The evaluation pictures beside the repository, and composites with known colour made from them."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from benchmarks.scores import ALPHA_SETS, U8

DATA = Path(os.environ.get("LUMIKU_SHARED", Path(__file__).parents[2] / "shared")) / "data" / "matting"


class Item(NamedTuple):
    """One picture of the evaluation data."""

    data_set: str
    stem: str

    @property
    def picture(self) -> Path:
        """The picture's file."""
        return next(path for path in (DATA / self.data_set / "im").iterdir() if path.stem == self.stem)

    def truth(self) -> U8:
        """HxW uint8, 255 is foreground."""
        path = DATA / self.data_set / "gt" / f"{self.stem}.png"
        return np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), np.uint8)


def items() -> list[Item]:
    """All pictures, in the list's order."""
    lines = (DATA / "LIST").read_text().split("\n")
    return [Item(*line.strip().split("/", 1)) for line in lines if line.strip()]


class Composite(NamedTuple):
    """A picture whose foreground colour and alpha are known."""

    picture: U8
    foreground: U8
    alpha: U8


def composites(seed: int = 1) -> Iterator[Composite]:
    """Every measured alpha of the data with one random photograph as foreground and another as background."""
    random = np.random.default_rng(seed)
    everything = items()
    photographs = [item for item in everything if item.data_set not in ALPHA_SETS]
    for item in everything:
        if item.data_set not in ALPHA_SETS:
            continue
        alpha = item.truth()
        size = alpha.shape[1], alpha.shape[0]
        near, far = (
            _photograph(photographs[index], size) for index in random.integers(0, len(photographs), 2)
        )
        share = alpha[..., None] / 255
        yield Composite(np.rint(share * near + (1 - share) * far).astype(np.uint8), near, alpha)


def _photograph(item: Item, size: tuple[int, int]) -> U8:
    bgr = cv2.imread(str(item.picture), cv2.IMREAD_COLOR)
    rgb = cv2.cvtColor(np.asarray(bgr, np.uint8), cv2.COLOR_BGR2RGB)
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_CUBIC), np.uint8)
