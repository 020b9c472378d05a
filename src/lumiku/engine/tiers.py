"""The tiers as data: which models find the matte, and which steps follow."""

from dataclasses import dataclass
from typing import Literal

from lumiku.engine.options import Tier


@dataclass(frozen=True, slots=True)
class PipelineSpec:
    """One way from a picture to its matte.

    Attributes:
        name: recorded with every result; changes when the result changes.
        models: names in the catalogue; more than one are fused.
        precision: what the pipeline is tuned for; settings may override it.
        second_pass: run the models again on the subject's box.
        refine: sharpen the edge at the picture's full resolution.
        foreground: estimate the subject's own colour where it is partly transparent.
    """

    name: str
    models: tuple[str, ...]
    precision: Literal["int8", "f32"]
    second_pass: bool = False
    refine: bool = False
    foreground: bool = False


TIER_PIPELINES: dict[Tier, PipelineSpec] = {
    "basic": PipelineSpec("basic-1", ("u2net",), "int8"),
    "standard": PipelineSpec("standard-1", ("isnet",), "int8"),
    "professional": PipelineSpec("professional-1", ("isnet",), "int8", second_pass=True, foreground=True),
    "industry": PipelineSpec(
        "industry-1", ("isnet", "u2net"), "f32", second_pass=True, refine=True, foreground=True
    ),
}
