import numpy as np
import pytest

from lumiku.engine.steps.foreground import estimate_foreground, rough_foreground
from lumiku.engine.types import U8
from support.mattes import disc, over, smooth_colour

SIZE = (700, 900)


def scene(softness_px: float = 30) -> tuple[U8, U8, U8]:
    """A composite, its foreground's colour and its alpha."""
    alpha = np.rint(disc(*SIZE, softness_px=softness_px) * 255).astype(np.uint8)
    foreground = smooth_colour(*SIZE, 1)
    return over(foreground, alpha, smooth_colour(*SIZE, 2)), foreground, alpha


def band_error(colour: U8, foreground: U8, alpha: U8) -> float:
    band = (alpha > 0) & (alpha < 255)
    return float(np.abs(colour[band].astype(int) - foreground[band].astype(int)).mean())


def premultiplied(picture: U8, alpha: U8) -> U8:
    """What comes out where colour is multiplied by alpha and stored as straight."""
    return np.rint(picture * (alpha[..., None] / 255)).astype(np.uint8)


def test_at_most_half_the_error_of_premultiplied_colour() -> None:
    picture, foreground, alpha = scene()
    ours = band_error(estimate_foreground(picture, alpha), foreground, alpha)
    assert ours <= 0.5 * band_error(premultiplied(picture, alpha), foreground, alpha)
    assert ours <= 0.5 * band_error(picture, foreground, alpha)


def test_the_rough_estimate_is_near_enough_and_the_fine_one_nearer() -> None:
    picture, foreground, alpha = scene()
    rough = rough_foreground(picture, alpha)
    fine_error = band_error(estimate_foreground(picture, alpha), foreground, alpha)
    rough_error = band_error(rough, foreground, alpha)
    assert fine_error <= rough_error <= 0.5 * band_error(premultiplied(picture, alpha), foreground, alpha)
    sure = (alpha == 0) | (alpha == 255)
    assert (rough[sure] == picture[sure]).all()


def fringe(colour: U8, foreground: U8, alpha: U8, background: tuple[int, int, int]) -> float:
    """Mean signed brightness that the edge has too much over a background, in levels of 255."""
    canvas = np.empty_like(colour)
    canvas[:] = background
    band = (alpha > 0) & (alpha < 255)
    wrong = over(colour, alpha, canvas).astype(int) - over(foreground, alpha, canvas)
    return float(wrong[band].mean())


@pytest.mark.parametrize("background", [(0, 0, 0), (255, 255, 255), (0, 177, 64)])
def test_no_fringe_and_a_dark_one_with_premultiplied_colour(background: tuple[int, int, int]) -> None:
    picture, foreground, alpha = scene()
    assert abs(fringe(estimate_foreground(picture, alpha), foreground, alpha, background)) < 3
    assert fringe(premultiplied(picture, alpha), foreground, alpha, background) < -8


def test_opaque_and_transparent_pixels_are_the_pictures() -> None:
    picture, _, alpha = scene()
    estimated = estimate_foreground(picture, alpha)
    sure = (alpha == 0) | (alpha == 255)
    assert (estimated[sure] == picture[sure]).all()
    assert estimated is not picture


def test_both_colours_at_one_and_at_zero_alpha_alone() -> None:
    picture = smooth_colour(40, 60, 5)
    for level in (0, 255):
        assert (estimate_foreground(picture, np.full((40, 60), level, np.uint8)) == picture).all()


@pytest.mark.parametrize("size", [(1, 1), (1, 2000), (2000, 1), (2, 3), (257, 511)])
def test_any_size_even_without_a_single_sure_pixel(size: tuple[int, int]) -> None:
    estimated = estimate_foreground(smooth_colour(*size, 1), np.full(size, 128, np.uint8))
    assert estimated.shape == (*size, 3)
    assert estimated.dtype == np.uint8


def test_the_same_colour_on_both_sides_is_kept() -> None:
    picture = np.full((*SIZE, 3), (90, 120, 200), np.uint8)
    alpha = np.rint(disc(*SIZE, softness_px=30) * 255).astype(np.uint8)
    assert np.abs(estimate_foreground(picture, alpha).astype(int) - picture).max() <= 1
