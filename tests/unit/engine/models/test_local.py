"""When a model of this machine gives its working memory back, and what it shows its session."""

import numpy as np
import pytest

from lumiku.engine.catalog import find_model
from lumiku.engine.models.local import LocalModel
from lumiku.engine.types import F32, U8, Deadline


class Recorded:
    """A session that writes down what it was asked."""

    runtime, device, input_size = "recorded", "CPU", (32, 64)

    def __init__(self, precision: str) -> None:
        self.precision = precision
        self.asked: list[str] = []

    def run(self, image: U8) -> F32:
        assert image.shape == (*self.input_size, 3)
        self.asked.append("run")
        return np.zeros(self.input_size, np.float32)

    def release(self) -> None:
        self.asked.append("release")


@pytest.mark.parametrize(
    ("precision", "width", "expected"),
    [
        ("int8", 300, ["run"]),
        ("f32", 300, ["run", "release"]),
        ("int8", 6_000, ["release", "run", "release"]),
    ],
)
def test_memory_is_given_back_after_float_and_around_a_large_picture(
    precision: str, width: int, expected: list[str]
) -> None:
    session = Recorded(precision)
    model = LocalModel(find_model("isnet"), session)
    matte = model.predict(np.zeros((1_100, width, 3), np.uint8), Deadline())
    assert matte.shape == session.input_size
    assert session.asked == expected
