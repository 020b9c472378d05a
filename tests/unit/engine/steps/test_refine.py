import cv2
import numpy as np
import pytest

from lumiku.engine.steps.refine import refine
from lumiku.engine.steps.restore import restore
from lumiku.engine.types import F32, U8
from support.mattes import disc, over, smooth_colour


def scene() -> tuple[U8, F32]:
    """A sharp red disc on blue, 1200x1600, and the truth at that size."""
    truth = disc(1200, 1600, softness_px=1.5)
    red, blue = np.zeros((1200, 1600, 3), np.uint8), np.zeros((1200, 1600, 3), np.uint8)
    red[..., 0], blue[..., 2] = 220, 200
    return over(red, np.rint(truth * 255).astype(np.uint8), blue), truth


def error(matte: U8, truth: F32) -> float:
    return float(np.abs(matte / 255 - truth).mean())


def test_the_edge_follows_the_picture() -> None:
    rgb, truth = scene()
    coarse = cv2.resize(truth, (160, 160), interpolation=cv2.INTER_AREA)
    assert error(refine(rgb, coarse), truth) < 0.6 * error(restore(coarse, 1200, 1600), truth)


def test_a_picture_without_an_edge_changes_nothing_much() -> None:
    truth = disc(1200, 1600, softness_px=40)
    coarse = cv2.resize(truth, (320, 320), interpolation=cv2.INTER_AREA)
    flat = np.full((1200, 1600, 3), 128, np.uint8)
    assert error(refine(flat, coarse), restore(coarse, 1200, 1600) / np.float32(255)) < 0.005


def test_sure_pixels_stay_sure() -> None:
    rgb = smooth_colour(1200, 1600, 3)
    matte = refine(rgb, disc(320, 320))
    assert matte[600, 800] == 255
    assert matte[:50].max() == 0


@pytest.mark.parametrize("size", [(1, 1), (1, 2000), (2000, 1), (3, 5), (257, 513)])
def test_any_size(size: tuple[int, int]) -> None:
    matte = refine(smooth_colour(*size, 1), disc(64, 64) * np.float32(0.6))
    assert matte.shape == size
    assert matte.dtype == np.uint8


def test_an_empty_matte_stays_empty() -> None:
    assert refine(smooth_colour(300, 300, 1), np.zeros((64, 64), np.float32)).max() == 0
