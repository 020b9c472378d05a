"""The tiers as data: which models find the matte, and which steps follow."""

from dataclasses import dataclass
from typing import Literal

from lumiku.engine.options import Tier


@dataclass(frozen=True, slots=True)
class PipelineSpec:
    """One way from a picture to its matte.

    The steps chain like this; what a pipeline does not name is left out:

    1. `mattes` = the answer of each of `models` to the whole picture, then `predict_mirrored` of each of
       `mirrored`.
    2. `measure(fuse(mattes))`: where nobody saw a foreground the matte is all zeros and the outcome is
       "unknown_foreground"; nothing below runs.
    3. `second_pass(rgb, fuse(mattes), model)` of each of `second_pass`, all from the same fused matte;
       answers that are not None join `mattes`.
    4. `matte = fuse(mattes)`; the only one of several is taken as it is.
    5. `refine(rgb, matte, haze)` where `refine` is set, else `restore(matte, height, width)`.
    6. `estimate_foreground(rgb, matte)`, or `rough_foreground` where `rough_colour` is set, where the options
       ask for decontamination.

    Attributes:
        name: recorded with every result; changes when the result changes.
        models: names in the catalogue; more than one are fused.
        precision: what the pipeline is tuned for; settings may override it.
        mirrored: those of `models` that see the mirrored picture too.
        second_pass: those of `models` that look again at the subject's box.
        refine: let the edge follow the picture at its full resolution.
        haze: how much of the matte's range is cleared at both ends; fused mattes are greyer than one model's.
        rough_colour: estimate the subject's own colour at a small size only.
    """

    name: str
    models: tuple[str, ...]
    precision: Literal["int8", "f32"]
    mirrored: tuple[str, ...] = ()
    second_pass: tuple[str, ...] = ()
    refine: bool = True
    haze: float = 0.05
    rough_colour: bool = False


TIER_PIPELINES: dict[Tier, PipelineSpec] = {
    "basic": PipelineSpec("basic-1", ("u2net",), "int8", refine=False, rough_colour=True),
    "standard": PipelineSpec("standard-1", ("isnet",), "int8", refine=False),
    "professional": PipelineSpec(
        "professional-2", ("isnet", "u2net"), "int8", mirrored=("u2net",), second_pass=("isnet",)
    ),
    "industry": PipelineSpec(
        "industry-2",
        ("isnet", "u2net"),
        "f32",
        mirrored=("isnet", "u2net"),
        second_pass=("isnet", "u2net"),
        haze=0.1,
    ),
}
