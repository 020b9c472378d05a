"""From flags to the engine's settings and options; every bad value is found before any work."""

import hashlib
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lumiku.cli.errors import UsageFault, reading_failed
from lumiku.cli.flags import FileFlags, LookFlags, ModelFlags, RunFlags
from lumiku.cli.wording import not_allowed, setting_of
from lumiku.core.errors import LumikuError

if TYPE_CHECKING:
    from lumiku.engine.options import Options, OutputFormat
    from lumiku.engine.types import U8
    from lumiku.settings import Settings


def read_settings(flags: ModelFlags | None = None, run: RunFlags | None = None) -> "Settings":
    """The settings of the environment, with what the flags change.

    Raises:
        UsageFault: a value that cannot be; the message names it.
    """
    from pydantic import ValidationError

    from lumiku.engine.settings import EngineSettings
    from lumiku.settings import Settings

    try:
        settings = Settings()
        flags, run = flags or ModelFlags(), run or RunFlags()
        given = {
            "provider": flags.provider,
            "strict": flags.strict or None,
            "precision": flags.precision,
            "threads": flags.threads,
            "offline": flags.offline or None,
            "timeout_s": flags.timeout,
            "max_pixels": run.max_pixels,
        }
        changes = {name: value for name, value in given.items() if value is not None}
        engine = EngineSettings.model_validate({**settings.engine.model_dump(), **changes})
    except ValidationError as error:
        raise UsageFault(f"{setting_of(error)} in the environment: {not_allowed(error)}.") from error
    return settings.model_copy(update={"engine": engine})


def read_options(
    model: ModelFlags | None, look: LookFlags, file: FileFlags, output_format: "OutputFormat"
) -> "Options":
    """The options that the flags describe, checked; a background picture is read once, here.

    Raises:
        InvalidOption, UnknownModel: a value makes no sense.
        NotReadable, SourceNotFound: the background picture cannot be read.
    """
    from lumiku.engine.option_values import parse_blur
    from lumiku.engine.options import Options
    from lumiku.engine.validate import validate

    options = Options(
        mask_only=look.mask_only,
        format=output_format,
        quality=file.quality,
        lossless=file.lossless,
        compression=file.compression,
        background_color=look.bg_color,
        background_image=look.bg_image,
        background_blur=None if look.bg_blur is None else parse_blur(look.bg_blur),
        crop=look.crop,
        crop_margin=look.crop_margin,
        scale=look.scale,
        position=look.position,
        size=look.size,
        shadow=look.shadow,
        shadow_opacity=look.shadow_opacity,
        decontaminate=not look.no_decontaminate,
        color_profile=file.color_profile,
    )
    if model is not None:
        options = replace(options, tier=model.tier, model=model.model)
    validate(options)
    if options.model is not None:
        _check_model(options.model)
    if look.bg_image is not None:
        options = replace(options, background_image=_read_background(look.bg_image, options))
    return options


def fingerprint(options: "Options", **more: object) -> str:
    """Sixteen digits that change with anything that shapes the result, short of the picture itself."""
    import numpy as np

    from lumiku.engine.tiers import TIER_PIPELINES

    facts: dict[str, object] = {field.name: getattr(options, field.name) for field in fields(options)}
    if isinstance(options.background_image, np.ndarray):
        facts["background_image"] = hashlib.sha256(options.background_image.tobytes()).hexdigest()
    facts["pipeline"] = TIER_PIPELINES[options.tier].name
    text = repr(sorted({**facts, **more}.items()))
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _check_model(name: str) -> None:
    from lumiku.engine.catalog import find_model
    from lumiku.engine.errors import UnknownModel

    try:
        find_model(name)
    except UnknownModel as error:
        raise UnknownModel(f"--model cannot be {name!r}: {error.message}", **error.details) from error


def _read_background(path: Path, options: "Options") -> "U8":
    """Decoded once for all pictures; white shows where it is transparent."""
    import numpy as np

    from lumiku.engine.steps.blend import over_opaque
    from lumiku.engine.steps.decode import DecodeLimits, decode

    try:
        data = path.read_bytes()
    except OSError as error:
        refusal = reading_failed(error)
        raise type(refusal)(f"--bg-image {path.name}: {refusal.message}") from error
    try:
        picture = decode(data, DecodeLimits(color_profile=options.color_profile))
    except LumikuError as error:
        raise type(error)(f"--bg-image {path.name}: {error.message}", **error.details) from error
    if picture.alpha is None:
        return picture.rgb
    return over_opaque(picture.rgb, picture.alpha, np.full(picture.rgb.shape, 255, np.uint8))
