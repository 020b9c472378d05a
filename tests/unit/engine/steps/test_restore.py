import numpy as np
import pytest

from lumiku.engine.steps.restore import clear, restore, scale_up
from support.mattes import disc


@pytest.mark.parametrize("size", [(300, 500), (40, 30), (64, 64), (1, 1), (1, 900)])
def test_the_size_and_type_asked_for(size: tuple[int, int]) -> None:
    matte = restore(disc(64, 64), *size)
    assert matte.shape == size
    assert matte.dtype == np.uint8


def test_an_empty_matte_stays_empty() -> None:
    assert restore(np.full((64, 64), 0.03, np.float32), 200, 300).max() == 0


def test_a_faint_matte_is_not_stretched() -> None:
    assert restore(disc(64, 64) * np.float32(0.4), 200, 300).max() < 0.5 * 255


def test_opaque_and_transparent_are_reached() -> None:
    matte = restore(disc(64, 64), 200, 200)
    assert matte[100, 100] == 255
    assert matte[0, 0] == 0


def test_what_is_no_fraction_is_clipped() -> None:
    wild = np.array([[np.nan, -1.0], [2.0, np.inf]], np.float32)
    assert scale_up(wild, 2, 2).tolist() == [[0, 0], [255, 255]]


def test_clearing_keeps_the_order_and_the_middle() -> None:
    levels = np.arange(256, dtype=np.uint8)[None]
    cleared = clear(levels, 0.1)[0].astype(int)
    assert (np.diff(cleared) >= 0).all()
    assert abs(cleared[128] - 128) <= 1
    assert cleared[25] == 0
    assert cleared[230] == 255
    assert (clear(levels, 0.0) == levels).all()
