"""Draws contact sheets."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from lumiku.engine.types import U8

_GAP, _PAD = 6, 24
_LABEL_HEIGHT = 40
_PAPER, _INK, _FAINT, _WARN = (246, 246, 244), (32, 32, 32), (120, 120, 120), (176, 40, 32)
_SQUARE = 10
_SQUARES = (255, 204)
_GROUNDS: tuple[int | None, ...] = (None, 0, 255)
_MAX_ASPECT = 1.6
_HEADINGS = ("before", "after", "on black", "on white")


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """One picture on the sheet, already small.

    Attributes:
        label: its name.
        note: what is said about it.
        before: hxwx3 uint8, or None where it could not be read.
        after: the same size, straight colour.
        alpha: hxw uint8.
        failed: whether the note is an error.
    """

    label: str
    note: str
    before: U8 | None = None
    after: U8 | None = None
    alpha: U8 | None = None
    failed: bool = False


def shrink(image: U8, height: int) -> U8:
    """The image no higher than `height` and no wider than that times 1.6, never enlarged."""
    scale = min(1.0, height / image.shape[0], height * _MAX_ASPECT / image.shape[1])
    size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def shrink_straight(rgb: U8, alpha: U8, height: int) -> tuple[U8, U8]:
    """Straight colour and alpha made smaller together, so that hidden colour does not bleed in."""
    weight = alpha.astype(np.float32)[..., None] / 255
    small_alpha = shrink(alpha, height)
    size = small_alpha.shape[1], small_alpha.shape[0]
    premultiplied = cv2.resize(rgb * weight, size, interpolation=cv2.INTER_AREA)
    share = np.maximum(cv2.resize(weight, size, interpolation=cv2.INTER_AREA), 1e-3)[..., None]
    return np.clip(np.rint(premultiplied / share), 0, 255).astype(np.uint8), small_alpha


def draw_sheet(tiles: Sequence[Tile], height: int, columns: int) -> U8:
    """One sheet, HxWx3 uint8.

    Args:
        tiles: row by row.
        height: of each picture's room.
        columns: tiles side by side.
    """
    width = _room_width(tiles, height)
    tile_width, tile_height = 4 * width + 3 * _GAP, height + _LABEL_HEIGHT
    rows = -(-len(tiles) // columns)
    columns = min(columns, len(tiles))
    paper = Image.new(
        "RGB",
        (columns * (tile_width + _PAD) + _PAD, rows * (tile_height + _GAP) + _PAD + _LABEL_HEIGHT),
        _PAPER,
    )
    draw = ImageDraw.Draw(paper)
    small, large = ImageFont.load_default(12), ImageFont.load_default(14)
    for column in range(columns):
        for i, heading in enumerate(_HEADINGS):
            x = _PAD + column * (tile_width + _PAD) + i * (width + _GAP)
            draw.text((x, _PAD // 2), heading, _FAINT, small)
    for index, tile in enumerate(tiles):
        left = _PAD + (index % columns) * (tile_width + _PAD)
        top = _PAD + 8 + (index // columns) * (tile_height + _GAP)
        for i, cell in enumerate(_cells(tile, width, height)):
            paper.paste(Image.fromarray(cell), (left + i * (width + _GAP), top))
        label = _fit(draw, tile.label, large, tile_width)
        draw.text((left, top + height + 4), label, _INK, large)
        note = _fit(draw, tile.note, small, tile_width)
        draw.text((left, top + height + 21), note, _WARN if tile.failed else _FAINT, small)
    return np.asarray(paper, np.uint8)


def _room_width(tiles: Sequence[Tile], height: int) -> int:
    widest = max((tile.before.shape[1] for tile in tiles if tile.before is not None), default=height)
    return max(widest, height // 2, 100)


def _cells(tile: Tile, width: int, height: int) -> list[U8]:
    empty = np.full((height, width, 3), 234, np.uint8)
    if tile.before is None:
        return [empty] * 4
    cells = [_centred(tile.before, empty)]
    if tile.after is None or tile.alpha is None:
        return cells + [empty] * 3
    for ground in _GROUNDS:
        room = _checkerboard(height, width) if ground is None else np.full_like(empty, ground)
        share = tile.alpha.astype(np.float32)[..., None] / 255
        top, left = _corner(tile.after, room)
        window = room[top : top + share.shape[0], left : left + share.shape[1]]
        window[:] = np.rint(tile.after * share + window * (1 - share)).astype(np.uint8)
        cells.append(room)
    return cells


def _centred(image: U8, room: U8) -> U8:
    cell = room.copy()
    top, left = _corner(image, cell)
    cell[top : top + image.shape[0], left : left + image.shape[1]] = image
    return cell


def _corner(image: U8, room: U8) -> tuple[int, int]:
    return (room.shape[0] - image.shape[0]) // 2, (room.shape[1] - image.shape[1]) // 2


def _checkerboard(height: int, width: int) -> U8:
    y, x = np.ogrid[:height, :width]
    light = (y // _SQUARE + x // _SQUARE) % 2 == 0
    return np.repeat(np.where(light, *_SQUARES).astype(np.uint8)[..., None], 3, axis=2)


def _fit(
    draw: ImageDraw.ImageDraw, text: str, font: ImageFont.ImageFont | ImageFont.FreeTypeFont, width: int
) -> str:
    """The text, shortened in its middle to fit the width."""
    if draw.textlength(text, font) <= width:
        return text
    keep = len(text)
    while keep > 2 and draw.textlength(_elided(text, keep), font) > width:
        keep -= 1
    return _elided(text, keep)


def _elided(text: str, keep: int) -> str:
    return f"{text[: keep - keep // 2]}...{text[len(text) - keep // 2 :]}"
