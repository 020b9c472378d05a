import numpy as np
import pytest

from lumiku.engine.steps.measure import crispness, measure, subject_box
from support.mattes import disc


def test_the_box_is_in_the_pixels_of_the_matte() -> None:
    matte = np.zeros((3000, 2000), np.uint8)
    matte[600:1500, 400:1000] = 255
    assert measure(matte).box == (400, 600, 1000, 1500)


def test_bytes_and_fractions_measure_alike() -> None:
    matte = disc(200, 300)
    levels = np.rint(matte * 255).astype(np.uint8)
    assert measure(matte).box == measure(levels).box
    assert measure(matte).confidence == pytest.approx(measure(levels).confidence, abs=0.01)


@pytest.mark.parametrize("level", [0.0, 0.05, 0.23])
def test_a_faint_haze_is_no_subject(level: float) -> None:
    found = measure(np.full((320, 320), level, np.float32))
    assert found.outcome == "unknown_foreground"
    assert found.box is None
    assert found.confidence == 0


def test_a_half_seen_subject_is_a_subject_with_little_confidence() -> None:
    found = measure(disc(320, 320) * np.float32(0.45))
    assert found.outcome == "ok"
    assert found.box is not None
    assert found.confidence < 0.3


def test_confidence_falls_with_greys_and_with_pieces() -> None:
    sure = disc(320, 320)
    pieces = np.zeros((320, 320), np.float32)
    for left in (20, 120, 220):
        pieces[100:180, left : left + 60] = 1
    assert measure(sure).confidence > 0.9
    assert measure(sure * np.float32(0.7)).confidence < measure(sure).confidence
    assert measure(pieces).confidence < measure(sure).confidence


def test_crispness_of_extremes() -> None:
    assert crispness(np.zeros((4, 4), np.float32)) == 0
    assert crispness(np.ones((4, 4), np.float32)) == 1
    assert crispness(np.full((4, 4), 0.5, np.float32)) == pytest.approx(0.5)


def test_the_smallest_matte() -> None:
    assert measure(np.ones((1, 1), np.float32)).box == (0, 0, 1, 1)
    assert subject_box(np.zeros((1, 1), np.float32)) is None
