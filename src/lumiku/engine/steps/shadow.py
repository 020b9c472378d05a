"""Shadows under or behind a subject, made from its matte at a small size."""

import cv2
import numpy as np

from lumiku.engine.options import Shadow
from lumiku.engine.types import F32, U8, Box

_LONG_SIDE_PX = 512
# Parts of the subject's longer side.
_DROP_X, _DROP_Y, _DROP_BLUR = 0.02, 0.03, 0.025
# Parts of the subject's width and height; how far above the floor a part still darkens it.
_CONTACT_NEAR = 0.1
_CONTACT_BELOW = 0.5  # of the shadow's own thickness
_CONTACT_CORE, _CONTACT_SOFT = 0.014, 0.04


def shadow_extent(subject: Box, kind: Shadow) -> Box:
    """The subject's box grown by what its shadow visibly covers."""
    if kind == "drop":
        side = max(subject.width, subject.height)
        reach = 2.5 * _DROP_BLUR
        return Box(
            subject.left - round(side * max(0.0, reach - _DROP_X)),
            subject.top - round(side * max(0.0, reach - _DROP_Y)),
            subject.right + round(side * (reach + _DROP_X)),
            subject.bottom + round(side * (reach + _DROP_Y)),
        )
    if kind == "contact":
        aside, below = round(subject.width * 0.06), round(subject.width * _CONTACT_SOFT * 2)
        return Box(subject.left - aside, subject.top, subject.right + aside, subject.bottom + below)
    return subject


def cast_shadow(alpha: U8, subject: Box, kind: Shadow, opacity: float) -> U8:
    """The shadow's strength all over the canvas, as if nothing stood before it.

    Args:
        alpha: HxW uint8, the matte on the canvas.
        subject: its box on the canvas.
        kind: "drop" or "contact".
        opacity: 0..1, of the darkest part.

    Returns:
        HxW uint8, 255 is black.
    """
    height, width = alpha.shape
    shrink = max(1.0, max(height, width) / _LONG_SIDE_PX)
    size = max(1, round(width / shrink)), max(1, round(height / shrink))
    small = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(255)
    box = Box(*(round(edge / shrink) for edge in subject))
    strength = _drop(small, box) if kind == "drop" else _contact(small, box)
    strength = np.rint(np.clip(strength * opacity, 0, 1) * 255).astype(np.uint8)
    return np.asarray(cv2.resize(strength, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _drop(matte: F32, subject: Box) -> F32:
    side = max(subject.width, subject.height, 1)
    shift = np.array([[1, 0, side * _DROP_X], [0, 1, side * _DROP_Y]], np.float32)
    moved = cv2.warpAffine(matte, shift, matte.shape[::-1], flags=cv2.INTER_LINEAR)
    return _blur(moved.astype(np.float32, copy=False), side * _DROP_BLUR, side * _DROP_BLUR)


def _contact(matte: F32, subject: Box) -> F32:
    """Dark and flat along the lower outline, where that is near the floor; softer further out.

    The shadow lies at each part's own height, for of two feet the one further away stands higher.
    """
    rows = np.arange(matte.shape[0], dtype=np.float32)[:, None]
    lowest = np.where(matte >= 0.5, rows, np.float32(-1e6)).max(axis=0)
    floor = np.float32(subject.bottom - 1)
    near = np.exp((lowest - floor) / max(1.0, subject.height * _CONTACT_NEAR)).astype(np.float32)[None, :]
    strength = np.zeros_like(matte)
    for thickness, weight in ((_CONTACT_CORE, 0.6), (_CONTACT_SOFT, 0.7)):
        sigma = max(0.6, subject.width * thickness)
        spread = _blur(near, sigma * 1.5, 0)
        height_of = floor + _blur(near * (lowest - floor), sigma * 1.5, 0) / np.maximum(spread, 1e-3)
        spread /= max(float(spread.max()), 1e-3)
        strength += weight * spread * np.exp(-0.5 * ((rows - height_of) / sigma - _CONTACT_BELOW) ** 2)
    return strength


def _blur(values: F32, sigma_x: float, sigma_y: float) -> F32:
    blurred = cv2.GaussianBlur(
        values, (0, 0), sigmaX=max(sigma_x, 0.3), sigmaY=max(sigma_y, 0.01), borderType=cv2.BORDER_CONSTANT
    )
    return blurred.astype(np.float32, copy=False)
