"""The library's verbs: `remove` gives back what it was given, `cutout` gives all that was found."""

import functools
import os
import threading
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydantic import ValidationError

from lumiku.engine.cutout import Cutout, changed
from lumiku.engine.errors import InvalidOption, PictureMissing
from lumiku.engine.load import load_remover
from lumiku.engine.options import Options
from lumiku.engine.remover import Remover
from lumiku.engine.types import U8
from lumiku.settings import Settings

_first = threading.Lock()

Given = bytes | bytearray | memoryview | str | Path | Image.Image | NDArray[Any]


@overload
def remove(data: bytes | bytearray | memoryview, **options: Any) -> bytes: ...
@overload
def remove(data: str | Path, **options: Any) -> Cutout: ...
@overload
def remove(data: Image.Image, **options: Any) -> Image.Image: ...
@overload
def remove(data: NDArray[Any], **options: Any) -> U8: ...


def remove(data: Given, **options: Any) -> bytes | Cutout | Image.Image | U8:
    """Remove a picture's background and give back the kind that was given.

    Args:
        data: a file's bytes, a path, a PIL image, or an HxW, HxWx3 or HxWx4 uint8 array (RGB order).
        **options: the fields of `Options`, such as `tier="professional"`, `crop=True`, `format="webp"`; and
            `remover=` for one of your own instead of the process-wide one.

    Returns:
        For bytes, an encoded file (PNG unless `format` says otherwise). For a
        PIL image, an RGBA image. For an array, HxWx4 uint8 with straight alpha. With `mask_only` the image is
        L and the array HxW; with a background they have three channels. For a path, a `Cutout`: nothing is
        written until its `save`.

    Raises:
        LumikuError: with a stable `code`; see `Remover.remove`, and PICTURE_MISSING for a path that is none.
    """
    result = cutout(data, **options)
    if isinstance(data, str | Path):
        return result
    if isinstance(data, Image.Image):
        return result.image()
    if isinstance(data, np.ndarray):
        return np.array(result.image())
    return result.to_bytes()


def cutout(data: Given, *, remover: Remover | None = None, **options: Any) -> Cutout:
    """Remove a picture's background and give everything that was found.

    Args:
        data: as for `remove`.
        remover: one of your own, with its settings; else one for the process, set up by the environment.
        **options: the fields of `Options`.

    Returns:
        The cutout, with the options as its defaults for `to_bytes`, `image` and `save`.

    Raises:
        LumikuError: as for `remove`.
    """
    chosen = changed(Options(), options)
    return (remover or _shared_remover()).remove(_readable(data), chosen)


def _shared_remover() -> Remover:
    with _first:  # else two threads that come first would both make one, and load every model twice
        return _make_remover()


@functools.cache
def _make_remover() -> Remover:
    try:
        return load_remover(Settings().engine)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = "__".join(str(part).upper() for part in first["loc"])
        raise InvalidOption(f"The setting LUMIKU_{place} cannot be used: {first['msg']}.") from error


def _readable(data: Given) -> bytes | Image.Image | NDArray[Any]:
    if isinstance(data, str | Path):
        try:
            return Path(data).read_bytes()
        except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
            name = Path(data).name or str(data)
            if os.path.isdir(data):  # noqa: PTH112  no error where it is too long or no path
                raise PictureMissing(
                    f"{name!r} is a folder, not a picture. For many pictures keep one Remover and "
                    "give it one after the other, or run: lumiku remove FOLDER"
                ) from error
            reason = getattr(error, "strerror", None) or "it is no path"
            raise PictureMissing(f"{name!r} cannot be read: {reason}.") from error
    if isinstance(data, bytearray | memoryview):
        return bytes(data)
    if isinstance(data, bytes | Image.Image | np.ndarray):
        return data
    raise InvalidOption(
        f"A picture is bytes, a path, a PIL image or an array, not {type(data).__name__}.", option="data"
    )
