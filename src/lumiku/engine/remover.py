"""Removes backgrounds, and keeps the models loaded between pictures."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lumiku.engine.catalog import find_model
from lumiku.engine.cutout import Cutout
from lumiku.engine.models.local import LocalModel
from lumiku.engine.options import Options
from lumiku.engine.pipeline import Clock, cut_out, cut_out_with_matte
from lumiku.engine.runtime.select import open_session
from lumiku.engine.settings import EngineSettings
from lumiku.engine.steps.decode import DecodeLimits, decode
from lumiku.engine.steps.given import picture_of_array, picture_of_image
from lumiku.engine.tiers import TIER_PIPELINES, PipelineSpec
from lumiku.engine.types import U8, Deadline, MattingModel, Picture
from lumiku.engine.validate import validate

Given = Picture | bytes | Image.Image | NDArray[Any]


@dataclass(slots=True)
class _Slot:
    """One model's place: whoever comes first loads it, others wait for it and not for other models."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    model: MattingModel | None = None


class Remover:
    """Removes backgrounds. Thread-safe; make one and keep it.

    Up to `settings.max_models` models stay loaded; the one not used for longest goes first.
    """

    def __init__(self, settings: EngineSettings | None = None) -> None:
        self._settings = settings or EngineSettings()
        self._slots: OrderedDict[tuple[str, str], _Slot] = OrderedDict()
        self._lock = threading.Lock()

    def remove(
        self, picture: Given, options: Options | None = None, deadline: Deadline | None = None
    ) -> Cutout:
        """Cut the subject out of one picture.

        Args:
            picture: a file's bytes, a PIL image, a uint8 array (HxW, HxWx3, HxWx4), or a decoded picture.
            options: what is wanted; the defaults otherwise.
            deadline: checked between steps; the settings' `timeout_s` otherwise.

        Returns:
            The cutout. Where no subject was found its outcome is "unknown_foreground" and its matte is zero.

        Raises:
            InvalidOption: a value makes no sense; found before any work.
            InvalidFileType, UnreadableImage, ImageTooLarge, FileTooLarge: the picture cannot be read.
            ModelMissing, ModelCorrupt, WeightsUnavailable, RuntimeUnavailable, LicenceNotAccepted: no model.
            RemoteFailed: a remote provider gave no matte.
            DeadlineExceeded: the time is over.
        """
        chosen = options or Options()
        clock = self._clock(chosen, deadline)
        pipeline = pipeline_for(chosen)
        decoded = self._decode(picture, chosen, clock)
        precision = self._precision(pipeline)
        return cut_out(decoded, pipeline, lambda name: self._model(name, precision), chosen, clock)

    def apply_matte(
        self,
        picture: Given,
        matte: U8,
        options: Options | None = None,
        deadline: Deadline | None = None,
    ) -> Cutout:
        """Make a cutout from a matte that was kept or brought along; no model is loaded.

        Args:
            picture: as for `remove`.
            matte: HxW uint8 of the picture's upright size.
            options: what is wanted of the cutout.
            deadline: as for `remove`.

        Raises:
            InvalidInput: the sizes differ.
        """
        chosen = options or Options()
        clock = self._clock(chosen, deadline)
        return cut_out_with_matte(self._decode(picture, chosen, clock), matte, chosen, clock)

    def warm(self, options: Options | None = None) -> None:
        """Load what a removal with these options needs, so that the first one does not wait for it."""
        chosen = options or Options()
        validate(chosen)
        pipeline = pipeline_for(chosen)
        for name in pipeline.models:
            self._model(name, self._precision(pipeline))

    def _clock(self, options: Options, deadline: Deadline | None) -> Clock:
        validate(options)
        return Clock(deadline or Deadline.after(self._settings.timeout_s))

    def _decode(self, picture: Given, options: Options, clock: Clock) -> Picture:
        limits = DecodeLimits(self._settings.max_bytes, self._settings.max_pixels, options.color_profile)
        with clock.step("decode"):
            if isinstance(picture, Picture):
                return picture
            if isinstance(picture, Image.Image):
                return picture_of_image(picture, limits)
            if isinstance(picture, np.ndarray):
                return picture_of_array(picture, limits)
            return decode(picture, limits)

    def _precision(self, pipeline: PipelineSpec) -> str:
        return pipeline.precision if self._settings.precision == "auto" else self._settings.precision

    def _model(self, name: str, precision: str) -> MattingModel:
        key = (name, precision)
        with self._lock:
            slot = self._slots.setdefault(key, _Slot())
            self._slots.move_to_end(key)
        with slot.lock:
            if slot.model is None:
                slot.model = self._load_or_forget(key, slot)
            return slot.model

    def _load_or_forget(self, key: tuple[str, str], slot: _Slot) -> MattingModel:
        """Load; only then do others have to go. A failure takes no place."""
        try:
            model = self._load(*key)
        except BaseException:
            with self._lock:
                if self._slots.get(key) is slot:
                    del self._slots[key]
            raise
        with self._lock:
            while len(self._slots) > self._settings.max_models:
                self._slots.popitem(last=False)
        return model

    def _load(self, name: str, precision: str) -> MattingModel:
        spec = find_model(name)
        if not spec.file:
            from lumiku.engine.models.remote import open_remote  # noqa: PLC0415 - 0.2 s of HTTP client

            return open_remote(spec, self._settings)
        return LocalModel(spec, open_session(spec, self._settings, precision))


def pipeline_for(options: Options) -> PipelineSpec:
    """The pipeline that the options ask for: the tier's, or one model alone.

    Raises:
        UnknownModel: the catalogue has no such model.
    """
    if options.model is None:
        return TIER_PIPELINES[options.tier]
    name = find_model(options.model).name
    return PipelineSpec(f"model:{name}", (name,), "int8")
