"""The result of a removal, before it becomes a file."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from PIL import Image

from lumiku.engine.errors import InvalidOption
from lumiku.engine.options import Options
from lumiku.engine.steps.compose import Canvas, compose
from lumiku.engine.steps.encode import encode
from lumiku.engine.types import U8, Box, Execution, Outcome
from lumiku.engine.validate import validate

_FORMATS = {
    "": "png",
    ".png": "png",
    ".webp": "webp",
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
    ".avif": "avif",
    ".zip": "zip",
}


@dataclass(frozen=True, slots=True, eq=False)
class Cutout:
    """A subject without its background, and how it was found.

    Attributes:
        rgb: HxWx3 uint8, the subject's own straight colour; outside the subject it means nothing.
        matte: HxW uint8, 255 is foreground; all 0 where `outcome` is "unknown_foreground", unless it was
            brought along.
        original: HxWx3 uint8, the picture as decoded, upright.
        box: the subject in pixels, or None.
        confidence: 0..1; higher where the matte is more likely to be right.
        outcome: "ok" or "unknown_foreground".
        tier: as asked for.
        pipeline: the pipeline's name; "model:NAME" for one model alone, "matte" where one was brought.
        executions: what really ran, one for each model.
        timings_ms: milliseconds of each step, in the order in which they ran.
        icc_profile: of `rgb` and `original`; None is sRGB.
        options: what `to_bytes`, `image` and `save` do unless told otherwise.
    """

    rgb: U8 = field(repr=False)
    matte: U8 = field(repr=False)
    original: U8 = field(repr=False)
    box: Box | None
    confidence: float
    outcome: Outcome
    tier: str
    pipeline: str
    executions: tuple[Execution, ...] = ()
    timings_ms: dict[str, float] = field(default_factory=dict)
    icc_profile: bytes | None = field(default=None, repr=False)
    options: Options = field(default_factory=Options, repr=False)

    @property
    def rgba(self) -> U8:
        """HxWx4 uint8, straight alpha; colour is zero where alpha is."""
        return _rgba(self.rgb, self.matte)

    def compose(self, options: Options | None = None) -> Canvas:
        """Lay the subject out on the canvas that the options describe; no model runs.

        Raises:
            InvalidOption: a value makes no sense.
        """
        chosen = options or self.options
        validate(chosen)
        return compose(self.rgb, self.matte, self.original, chosen, icc_profile=self.icc_profile)

    def to_bytes(self, options: Options | None = None, **changes: object) -> bytes:
        """Compose and encode.

        Args:
            options: instead of those of the removal.
            **changes: single options on top, such as `format="webp", background_color="#fff"`.

        Returns:
            The file's bytes.

        Raises:
            InvalidOption: an option is unknown or its value makes no sense.
        """
        chosen = changed(options or self.options, changes)
        return encode(self.compose(chosen), chosen).data

    def image(self, options: Options | None = None, **changes: object) -> Image.Image:
        """Compose to a PIL image: RGBA, RGB where a background makes it opaque, or L for a mask.

        As in `rgba`, colour is zero where alpha is.
        """
        canvas = self.compose(changed(options or self.options, changes))
        image = Image.fromarray(canvas.rgb if canvas.alpha is None else _rgba(canvas.rgb, canvas.alpha))
        if canvas.icc_profile:
            image.info["icc_profile"] = canvas.icc_profile
        return image

    def save(self, path: str | Path, **changes: object) -> Path:
        """Write a file; its ending chooses the format unless `format` is given.

        Raises:
            InvalidOption: no format has that ending, or an option makes no sense.
            OSError: the file cannot be written.
        """
        target = Path(path)
        if "format" not in changes:
            ending = target.suffix.lower()
            if ending not in _FORMATS:
                raise InvalidOption(f"No format is known for the ending '{ending}'.", option="format")
            changes["format"] = _FORMATS[ending]
        target.write_bytes(self.to_bytes(None, **changes))
        return target


def _rgba(rgb: U8, alpha: U8) -> U8:
    """Side by side; nothing of the old background is left where alpha is zero."""
    rgba = np.dstack([rgb, alpha])
    rgba[alpha == 0] = 0
    return rgba


def changed(options: Options, changes: dict[str, object]) -> Options:
    """Options with some fields replaced.

    Raises:
        InvalidOption: no option has that name, or its value makes no sense.
    """
    for name in changes:
        if name not in Options.__dataclass_fields__:
            raise InvalidOption(f"There is no option '{name}'.", option=name)
    result = replace(options, **changes)  # type: ignore[arg-type]
    validate(result)
    return result
