"""Small pictures for lists."""

import io

import numpy as np
import pytest
from PIL import Image

from lumiku.engine.steps.compose import Canvas
from lumiku.engine.steps.thumbnail import write_thumbnail
from support.pictures import make_rgb


def opened(canvas: Canvas) -> Image.Image:
    image = Image.open(io.BytesIO(write_thumbnail(canvas)))
    assert image.format == "WEBP"
    return image


@pytest.mark.parametrize(
    ("size", "expected"),
    [((900, 600), (300, 200)), ((50, 5000), (3, 300)), ((1, 4000), (1, 300)), ((200, 100), (200, 100))],
)
@pytest.mark.parametrize("transparent", [True, False])
def test_the_longer_side_is_at_most_300(
    size: tuple[int, int], expected: tuple[int, int], *, transparent: bool
) -> None:
    width, height = size
    alpha = np.full((height, width), 128, np.uint8) if transparent else None
    image = opened(Canvas(make_rgb(height, width), alpha))
    assert image.size == expected
    assert image.mode == ("RGBA" if transparent else "RGB")


def test_the_old_background_does_not_show_along_the_edge() -> None:
    rgb = np.zeros((1200, 1200, 3), np.uint8)
    rgb[..., 1] = 255  # green, but for the subject
    rgb[300:905, 300:905] = (255, 0, 0)
    alpha = np.zeros((1200, 1200), np.uint8)
    alpha[300:905, 300:905] = 255
    pixels = np.asarray(opened(Canvas(rgb, alpha))).astype(int)
    seen = pixels[pixels[..., 3] > 60]
    assert len(seen) > 20_000
    assert np.percentile(seen[:, 1], 99) < 100  # lossy colour, no rim
    assert pixels[0, 0, 3] == 0
    assert pixels[150, 150, 0] > 240


def test_a_mask_is_grey() -> None:
    mask = np.zeros((600, 600), np.uint8)
    mask[200:400, 200:400] = 255
    pixels = np.asarray(opened(Canvas(mask, None)))
    assert pixels.shape == (300, 300, 3)
    assert pixels[150, 150].min() > 245
    assert pixels[10, 10].max() < 10
