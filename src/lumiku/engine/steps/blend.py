"""Lays one straight-alpha picture over another, in strips, touching only pixels that mix.

Colours mix as the numbers that files hold (gamma-encoded), as every peer, browser and editor does by default;
mixing in linear light would make the same cutout look different here and in the program that opens it.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from lumiku.engine.steps.workers import map_threads
from lumiku.engine.types import U8

_STRIP_ROWS = 128


def over_opaque(colour: U8, alpha: U8, backdrop: U8) -> U8:
    """Lay a foreground over an opaque backdrop, in the backdrop's memory.

    Args:
        colour: HxWx3 uint8, straight.
        alpha: HxW uint8.
        backdrop: HxWx3 uint8, C-contiguous; is overwritten.

    Returns:
        The backdrop, now (colour * alpha + backdrop * (255 - alpha)) / 255, rounded to nearest: exactly one
        or the other where alpha is 255 or 0.
    """

    def lay(start: int) -> None:
        rows = slice(start, start + _STRIP_ROWS)
        strip, front = alpha[rows], backdrop[rows]
        cv2.copyTo(colour[rows], (strip == 255).view(np.uint8), front)
        mixed = np.flatnonzero((strip - np.uint8(1)) < 254)  # 0 wraps to 255
        if mixed.size:
            pixels, weight = front.reshape(-1, 3), strip.reshape(-1)[mixed].astype(np.uint32)[:, None]
            above = colour[rows].reshape(-1, 3)[mixed] * weight
            pixels[mixed] = (above + pixels[mixed] * (255 - weight) + 127) // 255

    map_threads(lay, range(0, alpha.shape[0], _STRIP_ROWS))
    return backdrop


def darken(backdrop: U8, shadow: U8) -> U8:
    """Lay black of the given strength over an opaque backdrop, in its memory.

    Args:
        backdrop: HxWx3 uint8; is overwritten.
        shadow: HxW uint8, 255 is black.
    """
    for start in range(0, shadow.shape[0], _STRIP_ROWS):
        rows = slice(start, start + _STRIP_ROWS)
        dark = np.nonzero(shadow[rows])
        if dark[0].size:
            light = 255 - shadow[rows][dark].astype(np.uint32)[:, None]
            backdrop[rows][dark] = (backdrop[rows][dark] * light + 127) // 255
    return backdrop


def over_translucent(
    colour: U8, alpha: U8, backdrop: tuple[int, int, int], backdrop_alpha: U8 | int
) -> tuple[U8, U8]:
    """Lay a foreground over one colour that lets light through itself.

    Args:
        colour: HxWx3 uint8, straight.
        alpha: HxW uint8.
        backdrop: the colour.
        backdrop_alpha: of the backdrop, HxW uint8 or one value.

    Returns:
        New arrays, straight: alpha = a + b (1 - a), colour = (c a + d b (1 - a)) / alpha.
    """
    mixed_colour, mixed_alpha = colour.copy(), alpha.copy()
    below = np.broadcast_to(np.asarray(backdrop_alpha, np.uint8), alpha.shape)
    under = np.array(backdrop, np.float32)
    for start in range(0, alpha.shape[0], _STRIP_ROWS):
        rows = slice(start, start + _STRIP_ROWS)
        mixed = np.nonzero((alpha[rows] < 255) & (below[rows] > 0))
        if mixed[0].size == 0:
            continue
        front: NDArray[np.float32] = alpha[rows][mixed].astype(np.float32)
        back = below[rows][mixed] * (1 - front / 255)
        total = front + back
        straight = (colour[rows][mixed] * front[:, None] + under * back[:, None]) / total[:, None]
        mixed_colour[rows][mixed] = np.rint(straight)
        mixed_alpha[rows][mixed] = np.rint(total)
    return mixed_colour, mixed_alpha
