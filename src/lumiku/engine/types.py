"""What flows between the engine's steps."""

import time
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lumiku.engine.errors import DeadlineExceeded

U8: TypeAlias = NDArray[np.uint8]
F32: TypeAlias = NDArray[np.float32]

Outcome = Literal["ok", "unknown_foreground"]


class Box(NamedTuple):
    """A rectangle in pixels; right and bottom are exclusive."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Width in pixels."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Height in pixels."""
        return self.bottom - self.top


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A decoded picture, upright, eight bits a channel.

    Attributes:
        rgb: HxWx3 uint8, C-contiguous, straight colour.
        alpha: HxW uint8 where the file had transparency, else None.
        icc_profile: the profile that `rgb` is in, or None for sRGB.
        source_format: Pillow's name of the file's format, such as "JPEG"; "ARRAY" for pixels given directly.
    """

    rgb: U8
    alpha: U8 | None = None
    icc_profile: bytes | None = None
    source_format: str = "ARRAY"

    @property
    def width(self) -> int:
        """Width in pixels."""
        return int(self.rgb.shape[1])

    @property
    def height(self) -> int:
        """Height in pixels."""
        return int(self.rgb.shape[0])


@dataclass(frozen=True, slots=True)
class Execution:
    """What really ran: never what was asked for.

    Attributes:
        model: the catalogue's name.
        version: the first 12 digits of the weights' sha256, or a remote model's own version.
        runtime: "openvino", "onnxruntime", or a remote provider's name.
        device: "CPU", "CUDA", ... as the runtime names it after loading; "remote" elsewhere.
        precision: "int8", "bf16", "f32", or "remote".
    """

    model: str
    version: str
    runtime: str
    device: str
    precision: str


class MattingModel(Protocol):
    """Finds the foreground of a picture. Implementations are thread-safe."""

    @property
    def execution(self) -> Execution:
        """What runs, as loaded."""
        ...

    def predict(self, rgb: U8, deadline: "Deadline") -> F32:
        """Estimate the matte.

        Args:
            rgb: HxWx3 uint8 of any size.
            deadline: checked by models that wait (remote ones).

        Returns:
            hxw float32 in [0, 1] at the model's own resolution, covering the whole picture; not stretched,
            so an empty picture stays near 0.
        """
        ...


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment (`time.monotonic`) after which the work is given up; checked between steps."""

    at: float | None = None

    @classmethod
    def after(cls, seconds: float | None) -> "Deadline":
        """The deadline `seconds` from now; None never ends."""
        return cls(None if seconds is None else time.monotonic() + seconds)

    def remaining_s(self) -> float | None:
        """Seconds left, not below zero; None where there is no deadline."""
        return None if self.at is None else max(0.0, self.at - time.monotonic())

    def check(self, step: str) -> None:
        """Raise DeadlineExceeded before `step` where the time is over."""
        if self.at is not None and time.monotonic() >= self.at:
            raise DeadlineExceeded(f"The time allowed ran out before the step '{step}'.", step=step)
