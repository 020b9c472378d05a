import cv2
import numpy as np
import pytest

from lumiku.engine.errors import DeadlineExceeded
from lumiku.engine.steps.second_pass import second_pass
from lumiku.engine.types import F32, U8, Deadline
from support.mattes import ScriptedModel


def brightness(rgb: U8) -> F32:
    """A model that sees white as foreground, at 100x100 of whatever it is shown."""
    return cv2.resize(rgb[..., 0], (100, 100), interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def picture(height: int = 600, width: int = 900) -> U8:
    rgb = np.zeros((height, width, 3), np.uint8)
    rgb[height // 3 : height // 2, width // 3 : width // 2] = 255
    return rgb


def test_the_answer_lies_where_the_subject_is() -> None:
    rgb, model = picture(), ScriptedModel(brightness)
    again = second_pass(rgb, brightness(rgb), model, Deadline())
    assert again is not None
    full = cv2.resize(again, (900, 600), interpolation=cv2.INTER_LINEAR)
    assert np.abs(full - rgb[..., 0] / 255).mean() < 0.01
    assert model.shown[0].shape[0] < 200
    assert model.shown[0].shape[1] < 280


def test_more_detail_than_the_first_look() -> None:
    rgb = picture()
    again = second_pass(rgb, brightness(rgb), ScriptedModel(brightness), Deadline())
    assert again is not None
    assert again.shape == (200, 200)


def test_no_second_look_without_a_subject_or_at_the_whole_picture() -> None:
    model = ScriptedModel(brightness)
    rgb = picture()
    assert second_pass(rgb, np.zeros((100, 100), np.float32), model, Deadline()) is None
    assert second_pass(rgb, np.ones((100, 100), np.float32), model, Deadline()) is None
    assert not model.shown


@pytest.mark.parametrize("corner", [(0, 0), (99, 99), (0, 99)])
def test_a_single_pixel_in_a_corner(corner: tuple[int, int]) -> None:
    matte = np.zeros((100, 100), np.float32)
    matte[corner] = 1
    again = second_pass(picture(7, 1000), matte, ScriptedModel(brightness), Deadline())
    assert again is not None
    assert np.isfinite(again).all()


def test_no_time_left() -> None:
    rgb, model = picture(), ScriptedModel(brightness)
    with pytest.raises(DeadlineExceeded):
        second_pass(rgb, brightness(rgb), model, Deadline(0.0))
    assert not model.shown
