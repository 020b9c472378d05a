"""A remover whose models are made of arithmetic: what is red is the subject."""

import threading
from collections import Counter

import numpy as np

from lumiku.engine.remover import Remover
from lumiku.engine.settings import EngineSettings
from lumiku.engine.types import F32, U8, Deadline, Execution, MattingModel


class RedModel:
    """Foreground where red is above the other channels, at a quarter of the size."""

    def __init__(self, name: str = "red", precision: str = "f32") -> None:
        self.execution = Execution(name, "1", "arithmetic", "CPU", precision)
        self.calls = 0

    def predict(self, rgb: U8, deadline: Deadline) -> F32:
        self.calls += 1
        planes = rgb[::2, ::2].astype(np.float32) / 255
        return np.clip((planes[..., 0] - planes[..., 1:].max(axis=-1)) * 4, 0, 1)


class FakeRemover(Remover):
    """Loads a `RedModel` for each name and counts."""

    def __init__(self, settings: EngineSettings | None = None) -> None:
        super().__init__(settings)
        self.loads: Counter[tuple[str, str]] = Counter()
        self.models: list[RedModel] = []
        self.failures: dict[str, Exception] = {}
        self.gate = threading.Event()
        self.gate.set()

    def _load(self, name: str, precision: str) -> MattingModel:
        self.loads[name, precision] += 1
        self.gate.wait(10)
        if name in self.failures:
            raise self.failures[name]
        model = RedModel(name, precision)
        self.models.append(model)
        return model


def red_square(height: int = 60, width: int = 80) -> U8:
    """HxWx3: a red square with some texture, on grey."""
    picture = np.full((height, width, 3), 128, np.uint8)
    top, left = height // 4, width // 4
    picture[top : height - top, left : width - left] = (220, 20, 30)
    picture[top : height - top : 3, left : width - left] = (230, 40, 10)
    return picture
