"""Runs an int8 model and its float original on one hard picture, and says how far apart they are."""

import time

import cv2
import numpy as np
import openvino as ov

from lumiku.engine.catalog import ModelSpec
from lumiku.engine.types import F32, U8
from lumiku.engine.weights.compiled import compile_model


def difference(matte: F32, expected: F32) -> float:
    """Root mean square difference of two mattes, 0..1.

    The mean alone hides ranges that are too narrow: they saturate few pixels, but those wholly. With ranges
    half as wide it grows by 1.7 (IS-Net) and 3.0 times (U2-Net), its root mean square by 2.1 and 2.8 times.
    """
    return float(np.sqrt(np.square(matte - expected).mean()))


def run_graph(graph: ov.Model, hint: str, picture: U8, runs: int) -> tuple[F32, float]:
    """The matte of `picture`, and the fastest of `runs` in seconds."""
    request = compile_model(graph, hint=hint).create_infer_request()
    request.infer([picture[np.newaxis]])
    matte: F32 = request.get_output_tensor(0).data[0, 0].astype(np.float32)
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        request.infer([picture[np.newaxis]])
        seconds.append(time.perf_counter() - started)
    return matte, min(seconds)


def make_test_picture(spec: ModelSpec) -> U8:
    """A large lobed shape, only a little off its background, both of them blotched.

    Both models find it, but not with ease: a plain ball would be found by a badly broken model as well.
    """
    height, width = spec.input_size
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / np.float32(height)
    dice = np.random.RandomState(5)  # its stream is frozen for good, other than a Generator's
    background = 0.45 + _blotches(dice, (height, width), cells=3, strength=0.12)
    tint = np.array([0.15, 0.03, -0.12], np.float32)
    subject = 0.45 + tint + _blotches(dice, (height, width), cells=6, strength=0.1)
    angle, distance = np.arctan2(y - 0.52, x - 0.48), np.hypot(x - 0.48, y - 0.52)
    rim = 0.42 * (1 + 0.25 * np.cos(7 * angle + 1) + 0.12 * np.cos(17 * angle))
    inside = np.clip((rim - distance) * 30, 0, 1)[..., np.newaxis]
    pixels = np.clip(inside * subject + (1 - inside) * background, 0, 1)
    picture: U8 = np.rint(pixels * 255).astype(np.uint8)
    return picture


def _blotches(dice: np.random.RandomState, size: tuple[int, int], cells: int, strength: float) -> F32:
    """Noise of four scales, each half as strong as the one twice as coarse: HxWx3."""
    total = np.zeros((*size, 3), np.float32)
    for octave in range(4):
        grid = dice.standard_normal((cells << octave, cells << octave, 3)).astype(np.float32)
        total += cv2.resize(grid, size[::-1], interpolation=cv2.INTER_CUBIC) * (strength / 2**octave)
    return total
