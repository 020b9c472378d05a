"""PNG time and size against Pillow with rembg's settings: `python -m benchmarks.png`.

Real pictures come from the evaluation data beside the repository: as they are, enlarged to 12 megapixels
(smooth, as out-of-focus photographs are) and laid side by side to 12 megapixels (busy). Without that data,
generated pictures stand in for them. Each round runs every writer once, so that a slow moment of the machine
meets all of them.
"""

import io
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import PIL
from PIL import Image

from lumiku.engine.options import Compression
from lumiku.engine.steps.png import write_png
from lumiku.engine.types import U8

ROUNDS = 5
DATA = Path(os.environ.get("LUMIKU_SHARED", Path(__file__).parents[2] / "shared")) / "data" / "matting"
WIDTH, HEIGHT = 4000, 3000


def main() -> None:
    print(f"{platform.machine()}, {os.cpu_count()} cores, Pillow {PIL.__version__}; time and size against it")
    print(f"{'picture':24}{'Pillow':>9}{'':8}" + "".join(f"{name:>22}" for name in ("fast", "auto", "small")))
    ratios: dict[Compression, list[tuple[float, float]]] = {"fast": [], "auto": [], "small": []}
    for name, colour, alpha in pictures():
        writers: dict[str, Callable[[], bytes]] = {"pillow": partial(by_pillow, np.dstack([colour, alpha]))}
        writers |= {kind: partial(write_png, colour, alpha, compression=kind) for kind in ratios}
        times, sizes = measure(writers)
        row = f"{name:24}{times['pillow'] * 1e3:7.0f}ms{sizes['pillow'] / 1e6:6.2f}MB"
        for kind, collected in ratios.items():
            collected.append((times["pillow"] / times[kind], sizes[kind] / sizes["pillow"]))
            row += f"{times[kind] * 1e3:9.1f}ms{collected[-1][0]:5.1f}x {collected[-1][1]:.3f}"
        print(row, flush=True)
    for kind, collected in ratios.items():
        speed, size = zip(*collected, strict=True)
        mean_speed, mean_size = statistics.geometric_mean(speed), statistics.geometric_mean(size)
        print(f"{kind:6}{mean_speed:5.1f} times as fast, size {mean_size:.3f} (at most {max(size):.3f})")


def measure(writers: dict[str, Callable[[], bytes]]) -> tuple[dict[str, float], dict[str, int]]:
    """The median time of interleaved rounds, and the size, of each writer."""
    times: dict[str, list[float]] = {name: [] for name in writers}
    sizes = {}
    for _ in range(ROUNDS):
        for name, write in writers.items():
            start = time.perf_counter()
            sizes[name] = len(write())
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in times.items()}, sizes


def by_pillow(rgba: U8) -> bytes:
    out = io.BytesIO()
    Image.fromarray(rgba).save(out, "PNG")
    return out.getvalue()


def pictures() -> Iterator[tuple[str, U8, U8]]:
    """Name, colour (0 under alpha 0) and alpha of each."""
    for name, colour, alpha in real() if DATA.is_dir() else generated():
        clean = np.ascontiguousarray(colour)
        clean = cv2.copyTo(clean, alpha)
        yield name, clean, np.ascontiguousarray(alpha)


def real() -> Iterator[tuple[str, U8, U8]]:
    for folder in ("ecssd", "alphamatting27", "cars", "adobe_comp", "am2k_samples"):
        yield f"{folder}, as it is", *load(pairs(folder)[0])
    for folder in ("am2k_samples", "cars"):
        colour, alpha = load(pairs(folder)[0])
        yield f"{folder}, enlarged", enlarge(colour), enlarge(alpha)
    for folders in (("am2k_samples",), ("ecssd", "sod300", "human290")):
        colour, alpha = mosaic([pair for folder in folders for pair in pairs(folder)])
        yield f"{'+'.join(folder[:5] for folder in folders)}, mosaic", colour, alpha
    colour, _ = mosaic(pairs("am2k_samples"))
    yield "am2k, mosaic, ellipse", colour, ellipse()


def generated() -> Iterator[tuple[str, U8, U8]]:
    random = np.random.default_rng(0)
    noise = random.normal(128, 40, (HEIGHT, WIDTH, 3)).clip(0, 255).astype(np.uint8)
    for name, sigma in (("generated, busy", 1.5), ("generated, smooth", 8.0)):
        soft = cv2.normalize(cv2.GaussianBlur(noise, (0, 0), sigma), None, 0, 255, cv2.NORM_MINMAX)
        yield name, np.asarray(soft, np.uint8), ellipse()
        yield f"{name}, 1 MP", np.asarray(soft[::4, ::3], np.uint8), ellipse()[::4, ::3]


def pairs(folder: str) -> list[tuple[Path, Path]]:
    return [
        (next((DATA / folder / "im").glob(f"{truth.stem}.*")), truth)
        for truth in sorted((DATA / folder / "gt").glob("*.png"))
    ]


def load(pair: tuple[Path, Path]) -> tuple[U8, U8]:
    with Image.open(pair[0]) as image, Image.open(pair[1]) as truth:
        return np.asarray(image.convert("RGB")), np.asarray(truth.convert("L"))


def enlarge(pixels: U8) -> U8:
    scale = WIDTH / pixels.shape[1]
    return np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8)


def mosaic(files: list[tuple[Path, Path]]) -> tuple[U8, U8]:
    """Pictures side by side, row by row, from the first again when all are laid."""
    colour, alpha = np.zeros((HEIGHT, WIDTH, 3), np.uint8), np.zeros((HEIGHT, WIDTH), np.uint8)
    top, number = 0, 0
    while top < HEIGHT:
        left, tallest = 0, 0
        while left < WIDTH:
            picture, truth = load(files[number % len(files)])
            number += 1
            tallest = tallest or min(truth.shape[0], HEIGHT - top)
            height, width = min(tallest, truth.shape[0]), min(WIDTH - left, truth.shape[1])
            colour[top : top + height, left : left + width] = picture[:height, :width]
            alpha[top : top + height, left : left + width] = truth[:height, :width]
            left += width
        top += tallest
    return colour, alpha


def ellipse() -> U8:
    matte = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.ellipse(matte, (WIDTH // 2, HEIGHT // 2 + 100), (1200, 1300), 10, 0, 360, 255, -1)
    return np.asarray(cv2.GaussianBlur(matte, (0, 0), 3), np.uint8)


if __name__ == "__main__":
    main()
