import cv2
import numpy as np
import pytest

from lumiku.engine.steps.tiles import Tile, enlarged, tiles_between


def test_tiles_cover_what_is_uncertain_and_nothing_else() -> None:
    matte = np.zeros((700, 900), np.uint8)
    matte[300, 600] = 100
    assert list(tiles_between(matte, 1, 254)) == [Tile(slice(256, 512), slice(512, 768))]
    matte[699, 899] = 254
    assert list(tiles_between(matte, 1, 254))[1] == Tile(slice(512, 700), slice(768, 900))


@pytest.mark.parametrize("channels", [1, 3])
def test_tiles_of_the_enlarged_are_the_enlarged_in_tiles(channels: int) -> None:
    shape = (40, 60) if channels == 1 else (40, 60, 3)
    small = np.random.default_rng(0).random(shape, np.float32)
    whole = cv2.resize(small, (900, 700), interpolation=cv2.INTER_LINEAR)
    tile = Tile(slice(256, 512), slice(768, 900))
    assert np.abs(enlarged(small, tile, (700, 900)) - whole[tile]).max() < 0.04
