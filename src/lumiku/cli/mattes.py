"""Mattes that were kept or brought along, instead of a model's."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from lumiku.cli.errors import MatteMissing
from lumiku.cli.naming import MATTE_SUFFIX, Job
from lumiku.cli.reading import read_file

if TYPE_CHECKING:
    from lumiku.engine.types import U8
    from lumiku.settings import Settings


class Mattes:
    """One matte file, or a folder of them by the pictures' names."""

    def __init__(self, place: Path, settings: "Settings") -> None:
        self._place = place
        self._settings = settings

    def find(self, job: Job) -> Path:
        """The matte of a picture.

        In a folder, below the same folders as the picture: `<stem>.matte.png` as `--save-matte` writes it,
        or `<stem>.png`; with the result's stem first, for that tells pictures of the same stem apart.

        Raises:
            MatteMissing: there is none.
        """
        if not self._place.is_dir():
            return self._place
        folder = self._place / job.below
        stems = [job.output.stem] if job.output else []
        stems += [Path(job.source.file_name).stem, job.source.file_name]
        for ending in (MATTE_SUFFIX, ".png"):
            for stem in stems:
                candidate = folder / f"{stem}{ending}"
                if os.path.isfile(candidate):  # noqa: PTH113  a name too long is no file, not an error
                    return candidate
        raise MatteMissing(f"There is no {stems[-2]}{MATTE_SUFFIX} or {stems[-2]}.png in {folder}.")

    def read(self, job: Job) -> "U8":
        """The picture's matte, HxW: a grey picture's values, or the alpha of one that has it.

        Raises:
            MatteMissing: there is none.
            InvalidInput, LimitExceeded: it cannot be read.
        """
        import cv2
        import numpy as np

        from lumiku.engine.steps.decode import DecodeLimits, decode

        limits = DecodeLimits(self._settings.engine.max_bytes, self._settings.engine.max_pixels)
        picture = decode(read_file(self.find(job), self._settings), limits)
        if picture.alpha is not None:
            return picture.alpha
        return np.asarray(cv2.cvtColor(picture.rgb, cv2.COLOR_RGB2GRAY), np.uint8)
