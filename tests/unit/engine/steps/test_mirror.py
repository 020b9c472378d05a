import numpy as np
import pytest

from lumiku.engine.errors import DeadlineExceeded
from lumiku.engine.steps.mirror import predict_mirrored
from lumiku.engine.types import Deadline
from support.mattes import ScriptedModel


def test_the_answer_lies_as_the_picture_does() -> None:
    rgb = np.zeros((20, 30, 3), np.uint8)
    rgb[:, :10] = 255
    model = ScriptedModel(lambda shown: shown[..., 0].astype(np.float32) / 255)
    matte = predict_mirrored(rgb, model, Deadline())
    assert (matte == rgb[..., 0] / 255).all()
    assert (model.shown[0][:, -10:] == 255).all()


def test_no_time_left() -> None:
    model = ScriptedModel(lambda shown: np.zeros((1, 1), np.float32))
    with pytest.raises(DeadlineExceeded):
        predict_mirrored(np.zeros((2, 2, 3), np.uint8), model, Deadline(0.0))
    assert not model.shown
