"""What remote providers answer, good and bad, and how a model that was answered badly must fail."""

import base64
import io
import json
import traceback
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lumiku.engine.errors import RemoteFailed
from lumiku.engine.types import Deadline, MattingModel

KEY = "hf_AbCdEf123"
HEIGHT, WIDTH = 48, 64
RGB = np.random.default_rng(1).integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8)


def picture(
    mode: str = "RGBA", size: tuple[int, int] = (WIDTH, HEIGHT), alpha: int | None = None
) -> Image.Image:
    image = Image.new(mode, size, 128)
    if mode == "RGBA":
        ramp = Image.linear_gradient("L").rotate(90).resize(size)
        image.putalpha(ramp if alpha is None else alpha)
    return image


def encoded(image: Image.Image, kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


def masks(*items: dict[str, Any] | tuple[str, bytes]) -> bytes:
    rows = [
        {"score": 1.0, "label": item[0], "mask": base64.b64encode(item[1]).decode()}
        if isinstance(item, tuple)
        else item
        for item in items
    ]
    return json.dumps(rows).encode()


GOOD = encoded(picture())
GREY = encoded(Image.linear_gradient("L").resize((WIDTH, HEIGHT)))


def fails(model: MattingModel, says: str) -> RemoteFailed:
    """`model` fails with this message, which is one line and holds no key, nor does its traceback."""
    with pytest.raises(RemoteFailed, match=says) as info:
        model.predict(RGB, Deadline())
    text = "".join(traceback.format_exception(info.value)) + repr(info.value) + repr(info.value.details)
    assert KEY not in text + repr(model)
    assert "\n" not in info.value.message
    chained = info.value.__context__
    while chained is not None:
        assert not hasattr(chained, "request")
        chained = chained.__context__
    return info.value
