"""The filters of PNG (PNG specification, third edition, section 9) on strips of rows that fit the cache."""

from typing import Final

import cv2
import numpy as np

from lumiku.engine.types import U8

NONE: Final = 0
SUB: Final = 1
UP: Final = 2
AVERAGE: Final = 3
PAETH: Final = 4

_ALPHA_CHANNEL = 3


class StripFilter:
    """Turns rows of a picture into filtered scanlines, with buffers that are used again for each strip.

    A buffer has one pixel of zeros to the left and one row above, as the filters want it, so that the four
    neighbours of all pixels are four views of it.
    """

    def __init__(self, width: int, channels: int, rows: int) -> None:
        self._channels = channels
        self._pixels = np.zeros((rows + 1, width + 1, channels), np.uint8)
        self._masked = np.zeros_like(self._pixels) if channels > _ALPHA_CHANNEL else self._pixels
        self._lines = np.zeros((2, rows, 1 + width * channels), np.uint8)
        self._scratch = np.zeros((4, rows, width * channels), np.uint8)

    def run(self, colour: U8, alpha: U8 | None, top: int, bottom: int) -> U8:
        """Filter the rows from `top` to `bottom`.

        Args:
            colour: HxWx3 uint8 straight colour, or HxW uint8 grey.
            alpha: HxW uint8, or None for pictures without; colour under alpha 0 counts as 0.
            top: first row.
            bottom: row after the last, at most as many rows on as the buffers have.

        Returns:
            rows x (1 + width * channels) uint8, C-contiguous: the filter's number, then the row's bytes.
            Valid until the next call.
        """
        rows = bottom - top
        if alpha is not None and not cv2.hasNonZero(alpha[top:bottom]):
            lines = self._lines[0, :rows]
            lines.fill(0)
            return lines
        self._load(colour, alpha, top, bottom)
        best, spare = self._lines[0, :rows], self._lines[1, :rows]
        lowest = np.inf
        for kind in (SUB, UP, AVERAGE, PAETH):
            self._apply(kind, rows, spare)
            cost = cv2.norm(spare[:, 1:].view(np.int8), cv2.NORM_L1)
            if cost < lowest:
                lowest = cost
                spare[:, 0] = kind
                best, spare = spare, best
        return best

    def _load(self, colour: U8, alpha: U8 | None, top: int, bottom: int) -> None:
        """Interleave the rows and the one above into `_masked`, with zeros where alpha is 0."""
        first = max(top - 1, 0)
        start = 1 - (top - first)
        target = self._pixels[start : bottom - first + start, 1:]
        if start:
            self._masked[0].fill(0)
        if alpha is None:
            target[...] = colour[first:bottom].reshape(target.shape)
            return
        mask = alpha[first:bottom]
        cv2.cvtColor(colour[first:bottom], cv2.COLOR_RGB2RGBA, dst=target)
        cv2.insertChannel(mask, target, _ALPHA_CHANNEL)
        masked = self._masked[start : bottom - first + start, 1:]
        masked.fill(0)
        cv2.copyTo(target, mask, masked)

    def _apply(self, kind: int, rows: int, lines: U8) -> None:
        step = self._channels
        flat = self._masked.reshape(self._masked.shape[0], -1)
        here, left = flat[1 : rows + 1, step:], flat[1 : rows + 1, :-step]
        above, corner = flat[:rows, step:], flat[:rows, :-step]
        out = lines[:, 1:]
        if kind == SUB:
            np.subtract(here, left, out=out)
        elif kind == UP:
            np.subtract(here, above, out=out)
        elif kind == AVERAGE:
            half, shared = self._scratch[0, :rows], self._scratch[1, :rows]
            # floor((left + above) / 2) without leaving eight bits
            np.bitwise_xor(left, above, out=half)
            np.right_shift(half, 1, out=half)
            np.bitwise_and(left, above, out=shared)
            np.add(half, shared, out=half)
            np.subtract(here, half, out=out)
        else:
            np.subtract(here, self._paeth(left, above, corner), out=out)

    def _paeth(self, left: U8, above: U8, corner: U8) -> U8:
        """Whichever neighbour is nearest to left + above - corner; ties in this order."""
        rows = left.shape[0]
        to_left, to_above, to_corner, choice = (scratch[:rows] for scratch in self._scratch)
        cv2.absdiff(above, corner, dst=to_left)
        cv2.absdiff(left, corner, dst=to_above)
        # |left + above - 2 corner| is the sum of the two distances where both point the same way, else their
        # difference. The sum may saturate: it is compared with its parts alone, and is never below them.
        cv2.absdiff(to_left, to_above, dst=to_corner)
        same_way = cv2.compare(
            cv2.compare(above, corner, cv2.CMP_GE), cv2.compare(left, corner, cv2.CMP_GE), cv2.CMP_EQ
        )
        cv2.copyTo(cv2.add(to_left, to_above), same_way, to_corner)
        choice[...] = corner
        cv2.copyTo(above, cv2.compare(to_above, to_corner, cv2.CMP_LE), choice)
        cv2.min(to_above, to_corner, dst=to_corner)
        cv2.copyTo(left, cv2.compare(to_left, to_corner, cv2.CMP_LE), choice)
        return choice
