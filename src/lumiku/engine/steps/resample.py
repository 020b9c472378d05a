"""Puts colour and matte on a canvas, scaled in premultiplied colour so that no hidden colour shows."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from lumiku.engine.steps.layout import Layout
from lumiku.engine.types import U8

_STRIP_ROWS = 64


def lay_out(colour: U8, matte: U8, layout: Layout) -> tuple[U8, U8]:
    """Place a foreground on the canvas; what lies beside the picture is transparent.

    Args:
        colour: HxWx3 uint8, straight.
        matte: HxW uint8.
        layout: where it goes.

    Returns:
        Straight colour and matte of the canvas. Nothing is copied where the canvas lies within the picture at
        its own scale: the arrays are then those given, or views of them.
    """
    height, width = matte.shape
    if layout.scale == 1.0:
        left, top = int(layout.left), int(layout.top)
        if left <= 0 and top <= 0 and left + width >= layout.width and top + height >= layout.height:
            rows, columns = slice(-top, layout.height - top), slice(-left, layout.width - left)
            return colour[rows, columns], matte[rows, columns]
        return _paste(colour, matte, left, top, layout)
    return _resample(colour, matte, layout)


def lay_out_matte(matte: U8, layout: Layout) -> U8:
    """Place a matte alone; see `lay_out`."""
    grey = np.broadcast_to(np.uint8(0), (*matte.shape, 3))
    return lay_out(grey, matte, layout)[1]


def _paste(colour: U8, matte: U8, left: int, top: int, layout: Layout) -> tuple[U8, U8]:
    """Copy what can be seen; `left` and `top` may be negative or beyond the canvas."""
    canvas = np.zeros((layout.height, layout.width, 3), np.uint8)
    alpha = np.zeros((layout.height, layout.width), np.uint8)
    height, width = matte.shape
    rows = slice(max(top, 0), max(min(top + height, layout.height), 0))
    columns = slice(max(left, 0), max(min(left + width, layout.width), 0))
    from_rows = slice(rows.start - top, rows.stop - top)
    from_columns = slice(columns.start - left, columns.stop - left)
    if rows.start < rows.stop and columns.start < columns.stop:
        canvas[rows, columns] = colour[from_rows, from_columns]
        alpha[rows, columns] = matte[from_rows, from_columns]
    return canvas, alpha


def _resample(colour: U8, matte: U8, layout: Layout) -> tuple[U8, U8]:
    """Scale the part that is neither transparent nor outside, then paste it."""
    left, top, right, bottom = _needed(matte, layout)
    if left >= right or top >= bottom:
        return _paste(colour[:0, :0], matte[:0, :0], 0, 0, layout)
    to_left, to_top = round(layout.left + left * layout.scale), round(layout.top + top * layout.scale)
    to_right = max(to_left + 1, round(layout.left + right * layout.scale))
    to_bottom = max(to_top + 1, round(layout.top + bottom * layout.scale))
    part = matte[top:bottom, left:right]
    premultiplied = np.empty((*part.shape, 4), np.uint16)
    np.multiply(colour[top:bottom, left:right], part[..., None], out=premultiplied[..., :3], dtype=np.uint16)
    np.multiply(part, np.uint16(255), out=premultiplied[..., 3], dtype=np.uint16)
    # Half the range: cubic interpolation overshoots, and cutting alpha but not colour would brighten edges.
    np.right_shift(premultiplied, 1, out=premultiplied)
    how = cv2.INTER_AREA if layout.scale < 1 else cv2.INTER_CUBIC
    size = to_right - to_left, to_bottom - to_top
    scaled = cv2.resize(premultiplied, size, interpolation=how).astype(np.uint16, copy=False)
    return _paste(*_straight(scaled), to_left, to_top, layout)


def _needed(matte: U8, layout: Layout) -> tuple[int, int, int, int]:
    """The part of the picture that shows on the canvas, with two pixels of room for the interpolation."""
    height, width = matte.shape
    left, top, box_width, box_height = cv2.boundingRect(np.ascontiguousarray(matte))
    return (
        max(0, left - 2, math.floor(-layout.left / layout.scale) - 2),
        max(0, top - 2, math.floor(-layout.top / layout.scale) - 2),
        min(width, left + box_width + 2, math.ceil((layout.width - layout.left) / layout.scale) + 2),
        min(height, top + box_height + 2, math.ceil((layout.height - layout.top) / layout.scale) + 2),
    )


def _straight(premultiplied: NDArray[np.uint16]) -> tuple[U8, U8]:
    """Divide 16-bit premultiplied colour by its alpha, in strips."""
    height, width = premultiplied.shape[:2]
    colour = np.empty((height, width, 3), np.uint8)
    alpha = np.empty((height, width), np.uint8)
    for start in range(0, height, _STRIP_ROWS):
        rows = slice(start, start + _STRIP_ROWS)
        weight = premultiplied[rows, :, 3:].astype(np.float32)
        alpha[rows] = np.rint(np.minimum(weight[..., 0] / 127.5, 255))
        straight = premultiplied[rows, :, :3] * (255 / np.maximum(weight, 1))
        straight *= alpha[rows, :, None] > 0
        colour[rows] = np.rint(np.minimum(straight, 255))
    return colour, alpha
