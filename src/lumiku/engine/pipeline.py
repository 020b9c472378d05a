"""The steps from a picture to its cutout, in order: each timed, with a look at the deadline before it."""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np

from lumiku.core.errors import InvalidInput
from lumiku.engine.cutout import Cutout
from lumiku.engine.errors import InvalidOption
from lumiku.engine.options import Options
from lumiku.engine.steps.blend import over_opaque
from lumiku.engine.steps.foreground import estimate_foreground, rough_foreground
from lumiku.engine.steps.fuse import fuse
from lumiku.engine.steps.measure import measure, sees_foreground
from lumiku.engine.steps.mirror import predict_mirrored
from lumiku.engine.steps.refine import refine
from lumiku.engine.steps.restore import restore
from lumiku.engine.steps.second_pass import second_pass
from lumiku.engine.tiers import PipelineSpec
from lumiku.engine.types import F32, U8, Deadline, Execution, MattingModel, Picture

OpenModel = Callable[[str], MattingModel]


@dataclass(slots=True)
class Clock:
    """Times the steps of one picture and checks its deadline before each."""

    deadline: Deadline
    ms: dict[str, float] = field(default_factory=dict)

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Run the body as the step `name`; one that runs twice adds up."""
        self.deadline.check(name)
        started = time.perf_counter()
        yield
        self.ms[name] = round(self.ms.get(name, 0.0) + (time.perf_counter() - started) * 1000, 3)


def cut_out(
    picture: Picture, pipeline: PipelineSpec, open_model: OpenModel, options: Options, clock: Clock
) -> Cutout:
    """Find the matte with the pipeline's models and steps, then the subject's own colour.

    Args:
        picture: decoded and upright.
        pipeline: which models and which steps.
        open_model: gives a loaded model by its name in the catalogue.
        options: kept with the cutout; `decontaminate` and `mask_only` decide on the colour.
        clock: collects the times; may hold those of earlier steps, such as decoding.

    Returns:
        The cutout; its matte is all zero where no model saw a subject.
    """
    seen_rgb = picture.rgb
    if picture.alpha is not None:
        seen_rgb = over_opaque(picture.rgb, picture.alpha, np.full_like(picture.rgb, 255))
    models: dict[str, MattingModel] = {}
    mattes: list[F32] = []
    for name in pipeline.models:
        with clock.step("load"):
            models[name] = open_model(name)
        with clock.step("infer"):
            mattes.append(models[name].predict(seen_rgb, clock.deadline))
    for name in pipeline.mirrored:
        with clock.step("infer"):
            mattes.append(predict_mirrored(seen_rgb, models[name], clock.deadline))
    with clock.step("fuse"):
        fused = fuse(mattes)
        seen = sees_foreground(fused)
    matte = np.zeros(picture.rgb.shape[:2], np.uint8)
    if seen:
        for name in pipeline.second_pass:
            with clock.step("second_pass"):
                again = second_pass(seen_rgb, fused, models[name], clock.deadline)
            if again is not None:
                mattes.append(again)
        with clock.step("fuse"):
            fused = fuse(mattes)
        if pipeline.refine:
            with clock.step("refine"):
                matte = refine(seen_rgb, fused, pipeline.haze)
        else:
            with clock.step("restore"):
                matte = restore(fused, picture.height, picture.width)
    if picture.alpha is not None:
        matte = np.asarray(cv2.multiply(matte, picture.alpha, scale=1 / 255), dtype=np.uint8)
    executions = tuple(model.execution for model in models.values())
    return _finish(picture, matte, options, clock, pipeline=pipeline, executions=executions)


def cut_out_with_matte(picture: Picture, matte: U8, options: Options, clock: Clock) -> Cutout:
    """Use a matte that was kept or brought along; no model runs.

    Args:
        picture: decoded and upright.
        matte: HxW uint8 of the picture's size.
        options: as for `cut_out`.
        clock: as for `cut_out`.

    Raises:
        InvalidOption: the matte is no HxW uint8 array.
        InvalidInput: the matte has another size than the picture.
    """
    if matte.ndim != 2 or matte.dtype != np.uint8:
        raise InvalidOption(f"A matte is HxW uint8; this is {matte.dtype}, {matte.shape}.", option="matte")
    if matte.shape != picture.rgb.shape[:2]:
        height, width = matte.shape
        raise InvalidInput(
            f"The matte has {width}x{height} pixels, the picture {picture.width}x{picture.height}."
        )
    if picture.alpha is not None:
        matte = np.minimum(matte, picture.alpha)  # not the product: a kept matte has the alpha in it already
    brought = PipelineSpec("matte", (), "f32")
    return _finish(picture, matte, options, clock, pipeline=brought, executions=())


def _finish(
    picture: Picture,
    matte: U8,
    options: Options,
    clock: Clock,
    *,
    pipeline: PipelineSpec,
    executions: tuple[Execution, ...],
) -> Cutout:
    with clock.step("measure"):
        found = measure(matte)
    if found.outcome != "ok" and executions:
        matte = np.zeros_like(matte)  # a haze that the fused matte was still taken for; one brought is kept
    rgb = picture.rgb
    if options.decontaminate and not options.mask_only and found.outcome == "ok":
        with clock.step("foreground"):
            rgb = (rough_foreground if pipeline.rough_colour else estimate_foreground)(rgb, matte)
    return Cutout(
        rgb=rgb,
        matte=matte,
        original=picture.rgb,
        box=found.box,
        confidence=found.confidence,
        outcome=found.outcome,
        tier=options.tier,
        pipeline=pipeline.name,
        executions=executions,
        timings_ms=clock.ms,
        icc_profile=picture.icc_profile,
        options=options,
    )
