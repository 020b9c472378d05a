"""Synthetic mattes, composites with known colour, and a model that answers as told."""

from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np

from lumiku.engine.types import F32, U8, Deadline, Execution


def disc(height: int, width: int, radius: float = 0.25, softness_px: float = 2.0) -> F32:
    """A soft disc in the middle; the radius is a share of the shorter side."""
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    distance = np.hypot(rows - (height - 1) / 2, columns - (width - 1) / 2)
    return np.clip((radius * min(height, width) - distance) / softness_px + 0.5, 0, 1).astype(np.float32)


def smooth_colour(height: int, width: int, seed: int) -> U8:
    """Slowly varying colour, as a sweater or a lawn out of focus has."""
    noise = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(noise, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def over(foreground: U8, alpha: U8, background: U8) -> U8:
    """Compose straight colour over a background."""
    share = alpha[..., None].astype(np.float64) / 255
    return np.rint(share * foreground + (1 - share) * background).astype(np.uint8)


@dataclass
class ScriptedModel:
    """A matting model that answers with `answer(rgb)` and keeps what it was shown."""

    answer: Callable[[U8], F32]
    shown: list[U8] = field(default_factory=list)
    execution: Execution = field(default=Execution("scripted", "0", "test", "CPU", "f32"))

    def predict(self, rgb: U8, deadline: Deadline) -> F32:
        self.shown.append(rgb)
        return self.answer(rgb)
