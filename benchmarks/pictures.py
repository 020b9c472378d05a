"""The pictures that are timed, made by code from scikit-image's public-domain photographs."""

from pathlib import Path

import cv2
import numpy as np
import skimage
from numpy.typing import NDArray

from lumiku.engine.types import U8

FOLDER = Path(__file__).parents[1] / ".cache" / "pictures"
PHOTOS = Path(skimage.__file__).parent / "data"


def photo(name: str) -> U8:
    """One of scikit-image's photographs, BGR."""
    return np.asarray(cv2.imread(str(PHOTOS / name), cv2.IMREAD_COLOR), dtype=np.uint8)


def grain(picture: U8, sigma: float) -> U8:
    """Add sensor noise, so that neither JPEG nor PNG finds flat areas."""
    noise: NDArray[np.float32] = np.random.default_rng(1).normal(0, sigma, picture.shape).astype(np.float32)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def portrait(width: int, height: int) -> U8:
    """The astronaut enlarged: a sharp subject before a smooth background."""
    source = photo("astronaut.png")
    cut = source[: round(512 * height / width)] if width > height else source
    return np.asarray(cv2.resize(cut, (width, height), interpolation=cv2.INTER_CUBIC), dtype=np.uint8)


def busy(width: int, height: int) -> U8:
    """A cat, enlarged, before walls of gravel, grass and brick at their own resolution, with grain."""
    tiles = [photo(f"{name}.png") for name in ("gravel", "grass", "brick")]
    columns, rows = -(-width // 512), -(-height // 512)
    wall = np.vstack(
        [np.hstack([tiles[(row + column) % 3] for column in range(columns)]) for row in range(rows)]
    )[:height, :width].copy()
    side = min(width, height) * 3 // 4
    cat = cv2.resize(photo("chelsea.png")[:, 80:380], (side, side), interpolation=cv2.INTER_CUBIC)
    top, left = (height - side) // 2, (width - side) // 2
    wall[top : top + side, left : left + side] = cat
    return grain(wall, 6)


def make_pictures() -> dict[str, Path]:
    """Write the JPEG files that are missing; their paths by name."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = {
        "portrait-1mp": lambda: grain(portrait(1200, 900), 2),
        "portrait-12mp": lambda: portrait(4000, 3000),
        "busy-12mp": lambda: busy(4000, 3000),
        "busy-49mp": lambda: busy(8600, 5756),
    }
    paths = {}
    for name, make in wanted.items():
        paths[name] = FOLDER / f"{name}.jpg"
        if not paths[name].exists():
            cv2.imwrite(str(paths[name]), make(), [cv2.IMWRITE_JPEG_QUALITY, 92])
    return paths


def make_folder(count: int) -> Path:
    """A folder of `count` different JPEG files of about one megapixel."""
    folder = FOLDER / f"folder-{count}"
    folder.mkdir(parents=True, exist_ok=True)
    names = ("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg")
    for index in range(count):
        path = folder / f"{index:03}.jpg"
        if path.exists():
            continue
        turned = np.roll(photo(names[index % 4]), 3 * index, axis=1)
        sized = cv2.resize(turned, (1200, 900), interpolation=cv2.INTER_CUBIC)
        cv2.imwrite(str(path), grain(np.asarray(sized, np.uint8), 2), [cv2.IMWRITE_JPEG_QUALITY, 92])
    return folder
