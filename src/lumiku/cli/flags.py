"""The flags, as frozen dataclasses that commands share, and what turns them into a command's parameters."""

import inspect
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, is_dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

from typer import BadParameter, Option
from typer.core import TyperCommand

from lumiku.cli.wording import not_allowed

# The engine's own choices, written again because the engine needs a quarter of a second to import;
# a test compares them.
Tier = Literal["basic", "standard", "professional", "industry"]
Format = Literal["png", "webp", "jpeg", "avif", "zip"]
Compression = Literal["auto", "fast", "small"]
Shadow = Literal["none", "drop", "contact"]
ColorProfile = Literal["keep", "srgb"]
Provider = Literal["auto", "openvino", "onnxruntime", "cuda", "coreml", "directml"]
Precision = Literal["auto", "int8", "f32"]

_MODEL, _LOOK, _FILE, _RUN = "Model", "Look", "File", "Run"


@dataclass(frozen=True)
class ModelFlags:
    """What finds the matte, and on what it runs."""

    tier: Annotated[
        Tier,
        Option(
            help="From fastest to finest: basic, standard, professional, industry.", rich_help_panel=_MODEL
        ),
    ] = "standard"
    model: Annotated[
        str | None,
        Option(
            metavar="NAME",
            help="One model instead of the tier's; see lumiku models list.",
            rich_help_panel=_MODEL,
        ),
    ] = None
    provider: Annotated[Provider | None, Option(help="Runtime and device.", rich_help_panel=_MODEL)] = None
    strict: Annotated[
        bool,
        Option("--strict", help="Fail rather than fall back to another provider.", rich_help_panel=_MODEL),
    ] = False
    precision: Annotated[
        Precision | None, Option(help="Of the model's arithmetic.", rich_help_panel=_MODEL)
    ] = None
    threads: Annotated[
        int | None,
        Option(min=0, max=256, help="Inference threads; 0 is one for each core.", rich_help_panel=_MODEL),
    ] = None
    offline: Annotated[
        bool, Option("--offline", help="Never use the network for models.", rich_help_panel=_MODEL)
    ] = False
    timeout: Annotated[
        float | None,
        Option(
            min=0.001,
            metavar="SECONDS",
            help="Time for one picture; none by default.",
            rich_help_panel=_MODEL,
        ),
    ] = None


@dataclass(frozen=True)
class LookFlags:
    """What the result looks like."""

    mask_only: Annotated[
        bool,
        Option("--mask-only", help="The grey matte itself instead of the cutout.", rich_help_panel=_LOOK),
    ] = False
    bg_color: Annotated[
        str | None,
        Option(metavar="COLOR", help="Background: a name, #rgb, #rrggbb, #rrggbbaa.", rich_help_panel=_LOOK),
    ] = None
    bg_image: Annotated[
        Path | None, Option(metavar="FILE", help="Background: a picture, covering.", rich_help_panel=_LOOK)
    ] = None
    bg_blur: Annotated[
        str | None,
        Option(
            metavar="PERCENT",
            help="Background: the picture's own, blurred by so much of its long side: 2 or 2%.",
            rich_help_panel=_LOOK,
        ),
    ] = None
    crop: Annotated[bool, Option("--crop", help="Cut to the subject.", rich_help_panel=_LOOK)] = False
    crop_margin: Annotated[
        str,
        Option(
            metavar="MARGIN",
            help='Around the subject: "20px", "5%", 1, 2 or 4 values.',
            rich_help_panel=_LOOK,
        ),
    ] = "0"
    scale: Annotated[
        str,
        Option(
            metavar="PERCENT",
            help="The subject's share of the canvas, 10 to 100, % or not.",
            rich_help_panel=_LOOK,
        ),
    ] = "original"
    position: Annotated[
        str,
        Option(
            metavar="PLACE", help='The subject\'s place: "center", "x%" or "x% y%".', rich_help_panel=_LOOK
        ),
    ] = "original"
    size: Annotated[
        str,
        Option(
            metavar="SIZE",
            help='"full", megapixels ("4mp"), "800x600", or a shop: amazon, ebay, etsy, shopify, ...',
            rich_help_panel=_LOOK,
        ),
    ] = "full"
    shadow: Annotated[
        Shadow, Option(help="Behind (drop) or under (contact) the subject.", rich_help_panel=_LOOK)
    ] = "none"
    shadow_opacity: Annotated[float, Option(metavar="0..1", rich_help_panel=_LOOK)] = 0.4
    no_decontaminate: Annotated[
        bool,
        Option(
            "--no-decontaminate", help="Leave the old background's tint on soft edges.", rich_help_panel=_LOOK
        ),
    ] = False


@dataclass(frozen=True)
class FileFlags:
    """How the result is written."""

    format: Annotated[
        Format | None,
        Option(
            help="Else the extension of OUT decides; else PNG.", rich_help_panel=_FILE, show_default=False
        ),
    ] = None
    quality: Annotated[
        int, Option(metavar="1..100", help="Of WebP, JPEG and AVIF.", rich_help_panel=_FILE)
    ] = 90
    lossless: Annotated[bool, Option("--lossless", help="WebP without loss.", rich_help_panel=_FILE)] = False
    compression: Annotated[Compression, Option(help="Of PNG.", rich_help_panel=_FILE)] = "auto"
    color_profile: Annotated[
        ColorProfile, Option(help="Keep an embedded profile or convert to sRGB.", rich_help_panel=_FILE)
    ] = "keep"
    force: Annotated[
        bool,
        Option(
            "--force", help="Replace files that are there. Never the pictures given.", rich_help_panel=_FILE
        ),
    ] = False


@dataclass(frozen=True)
class RunFlags:
    """How many pictures go through, and what is said about it."""

    jobs: Annotated[int, Option(min=1, max=64, help="Pictures in work at once.", rich_help_panel=_RUN)] = 2
    max_pixels: Annotated[
        int | None,
        Option(
            min=1,
            metavar="PIXELS",
            help="Largest picture that is read; 50000000 by default.",
            rich_help_panel=_RUN,
        ),
    ] = None
    no_recursive: Annotated[
        bool, Option("--no-recursive", help="Leave out folders within folders.", rich_help_panel=_RUN)
    ] = False
    fail_fast: Annotated[
        bool, Option("--fail-fast", help="Stop at the first failure.", rich_help_panel=_RUN)
    ] = False
    json: Annotated[
        bool, Option("--json", help="One JSON object a picture on stdout.", rich_help_panel=_RUN)
    ] = False
    quiet: Annotated[bool, Option("--quiet", "-q", help="Say nothing but errors.", rich_help_panel=_RUN)] = (
        False
    )


class PanelledCommand(TyperCommand):
    """A command whose help comes in panels; `lumiku --help` does without, in a third of the time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "rich_markup_mode": "rich"})

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse as ever, but refuse a value in our words instead of pydantic's."""
        try:
            return super().parse_args(ctx, args)
        except BadParameter as error:
            from pydantic import ValidationError

            if isinstance(error.__cause__, ValidationError):
                error.message = f"{not_allowed(error.__cause__)}."
            raise


def spread_flags(command: Callable[..., None]) -> Callable[..., None]:
    """Replace each parameter that is a dataclass of flags by the flags themselves."""
    hints = get_type_hints(command, include_extras=True)
    parameters: list[inspect.Parameter] = []
    groups: dict[str, Any] = {}
    for parameter in inspect.signature(command).parameters.values():
        kind = hints[parameter.name]
        if is_dataclass(kind) and isinstance(kind, type):
            groups[parameter.name] = kind
            parameters += _flags_of(kind)
        else:
            parameters.append(parameter.replace(annotation=kind, kind=inspect.Parameter.KEYWORD_ONLY))

    def spread(**values: Any) -> None:
        gathered = {
            name: kind(**{flag.name: values.pop(flag.name) for flag in fields(kind)})
            for name, kind in groups.items()
        }
        command(**values, **gathered)

    spread.__name__, spread.__doc__ = command.__name__, command.__doc__
    spread.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return spread


def _flags_of(kind: Any) -> list[inspect.Parameter]:
    hints = get_type_hints(kind, include_extras=True)
    return [
        inspect.Parameter(
            flag.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if flag.default is MISSING else flag.default,
            annotation=hints[flag.name],
        )
        for flag in fields(kind)
    ]
