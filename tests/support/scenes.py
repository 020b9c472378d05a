"""A picture with a subject that the models find, and what a cut-out of it must look like."""

import io

import numpy as np
from PIL import Image
from skimage import data

from lumiku.engine.types import U8


def portrait(size: int = 256, shade: int = 0) -> bytes:
    """Scikit-image's astronaut, in the public domain; with another shade, another file."""
    stream = io.BytesIO()
    darker = np.clip(data.astronaut().astype(np.int16) - shade, 0, 255).astype(np.uint8)
    Image.fromarray(darker).resize((size, size)).save(stream, "JPEG", quality=92)
    return stream.getvalue()


def blank() -> bytes:
    """Grey, and no subject in it."""
    stream = io.BytesIO()
    Image.fromarray(np.full((120, 160, 3), 128, np.uint8)).save(stream, "JPEG")
    return stream.getvalue()


def pixels(file: bytes, mode: str = "RGBA") -> U8:
    with Image.open(io.BytesIO(file)) as image:
        return np.asarray(image.convert(mode))


def shows_the_person(rgba: U8) -> bool:
    """Whether the face is there and the upper corners are not."""
    height, width = rgba.shape[:2]
    face = rgba[int(height * 0.2) : int(height * 0.3), int(width * 0.42) : int(width * 0.48), 3]
    corners = (rgba[: height // 12, : width // 12, 3], rgba[: height // 12, -width // 12 :, 3])
    return bool(face.mean() > 240 and all(corner.mean() < 30 for corner in corners))
