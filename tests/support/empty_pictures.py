"""Pictures that show nothing: plain colours, noise, gradients, clouds."""

import cv2
import numpy as np

from lumiku.engine.types import U8

_HEIGHT, _WIDTH = 600, 800


def empty_pictures() -> dict[str, U8]:
    """By name, each 600x800x3 uint8."""
    random = np.random.default_rng(0)
    rows, columns = np.mgrid[:_HEIGHT, :_WIDTH].astype(np.float32)
    down, across = rows / (_HEIGHT - 1), columns / (_WIDTH - 1)
    plain = {"white": (255, 255, 255), "black": (0, 0, 0), "grey": (128, 128, 128), "green": (0, 177, 64)}
    pictures = {name: np.full((_HEIGHT, _WIDTH, 3), colour, np.float32) for name, colour in plain.items()}
    pictures["noise"] = random.integers(0, 256, (_HEIGHT, _WIDTH, 3)).astype(np.float32)
    pictures["grain"] = random.normal(128, 20, (_HEIGHT, _WIDTH, 3)).astype(np.float32)
    pictures["left to right"] = np.dstack([across * 255] * 3)
    pictures["top to bottom"] = np.dstack([down * 255] * 3)
    pictures["vignette"] = np.dstack([220 - 120 * ((down - 0.5) ** 2 + (across - 0.5) ** 2)] * 3)
    clouds = cv2.GaussianBlur(random.normal(0, 1, (_HEIGHT, _WIDTH, 3)).astype(np.float32), (0, 0), 60)
    pictures["clouds"] = (clouds - clouds.min()) / (clouds.max() - clouds.min()) * 255
    return {name: np.clip(picture, 0, 255).astype(np.uint8) for name, picture in pictures.items()}
