"""What every runtime offers: one loaded model that turns a small picture into a matte."""

from pathlib import Path
from typing import Protocol

from lumiku.engine.types import F32, U8


class Session(Protocol):
    """A loaded model. Thread-safe; one inference at a time, so that memory stays bounded."""

    runtime: str
    device: str
    precision: str
    input_size: tuple[int, int]
    """(height, width) in pixels that `run` takes."""

    def run(self, image: U8) -> F32:
        """Infer one matte.

        Args:
            image: hxwx3 uint8 RGB, exactly `input_size`.

        Returns:
            hxw float32 in [0, 1].
        """
        ...

    def release(self) -> None:
        """Give back the memory that inferring took; the next `run` takes it again."""
        ...


class SessionFailed(Exception):
    """A runtime or device cannot be used here; never leaves `select`, which falls back or says why."""


def first_line(error: Exception, path: Path) -> str:
    """A runtime's error in one line, without the path of the weights."""
    text = str(error).strip().splitlines()
    return (text[0] if text else type(error).__name__).replace(str(path), path.name)[:200]
