"""Full-size work in tiles: only where the matte is uncertain, with what a small size found scaled up."""

from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np

from lumiku.engine.types import F32, U8

_TILE_PX = 256


class Tile(NamedTuple):
    """A part of a full-size picture; both slices have start and stop."""

    rows: slice
    columns: slice


def tiles_between(matte: U8, low: int, high: int) -> Iterator[Tile]:
    """The tiles of `matte` (HxW uint8) that hold at least one value in low..high."""
    height, width = matte.shape
    for top in range(0, height, _TILE_PX):
        for left in range(0, width, _TILE_PX):
            tile = Tile(slice(top, min(height, top + _TILE_PX)), slice(left, min(width, left + _TILE_PX)))
            if cv2.inRange(matte[tile], low, high).any():
                yield tile


def enlarged(small: F32, tile: Tile, full: tuple[int, int]) -> F32:
    """Cut a tile out of `small` as if all of it had been resized linearly to the full size.

    Args:
        small: hxw or hxwx3 float32, covering the whole picture.
        tile: of the full picture.
        full: (height, width) of the full picture, in pixels.

    Returns:
        The tile at full size, float32, as many channels as `small`.
    """
    down, across = small.shape[0] / full[0], small.shape[1] / full[1]
    rows, columns = tile
    matrix = np.array(
        [[across, 0, (columns.start + 0.5) * across - 0.5], [0, down, (rows.start + 0.5) * down - 0.5]]
    )
    size = columns.stop - columns.start, rows.stop - rows.start
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    part = cv2.warpAffine(small, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(part, np.float32)


def fraction(levels: cv2.typing.MatLike) -> F32:
    """0..255 as float32 in [0, 1]."""
    return np.asarray(levels, np.float32) / np.float32(255)
