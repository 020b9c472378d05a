"""Pixels that a program gives: which arrays are pictures, and how alpha and limits are taken."""

import numpy as np
import pytest
from PIL import Image

from lumiku.engine.errors import ImageTooLarge, InvalidOption
from lumiku.engine.steps.decode import DecodeLimits
from lumiku.engine.steps.given import picture_of_array, picture_of_image
from support.pictures import make_rgb

LIMITS = DecodeLimits()
RGB = make_rgb(6, 8)


def test_grey_becomes_three_equal_channels() -> None:
    for array in (RGB[..., 0], RGB[..., :1]):
        picture = picture_of_array(array, LIMITS)
        assert picture.rgb.shape == (6, 8, 3)
        assert all(np.array_equal(picture.rgb[..., channel], RGB[..., 0]) for channel in range(3))


def test_alpha_is_taken_unless_all_is_opaque() -> None:
    alpha = np.full((6, 8), 255, np.uint8)
    assert picture_of_array(np.dstack([RGB, alpha]), LIMITS).alpha is None
    alpha[2, 3] = 254
    picture = picture_of_array(np.dstack([RGB, alpha]), LIMITS)
    assert np.array_equal(picture.alpha, alpha)
    assert np.array_equal(picture.rgb, RGB)


def test_the_picture_is_a_contiguous_copy() -> None:
    for array in (RGB, RGB[:, ::-1], np.asfortranarray(RGB), np.dstack([RGB, RGB[..., 0]])):
        picture = picture_of_array(array, LIMITS)
        assert picture.rgb.flags.c_contiguous
        assert not np.shares_memory(picture.rgb, array)
        assert picture.alpha is None or not np.shares_memory(picture.alpha, array)


def test_limits_hold_for_pixels_too() -> None:
    small = DecodeLimits(max_pixels=47)
    with pytest.raises(ImageTooLarge):
        picture_of_array(RGB, small)
    with pytest.raises(ImageTooLarge):
        picture_of_image(Image.fromarray(RGB), small)
    assert picture_of_array(RGB, DecodeLimits(max_pixels=48)).width == 8


def test_channels_first_is_no_picture() -> None:
    with pytest.raises(InvalidOption, match="last axis"):
        picture_of_array(np.ascontiguousarray(RGB.transpose(2, 0, 1)), LIMITS)
