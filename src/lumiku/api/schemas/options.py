"""What a removal is asked for, as forms and JSON say it."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic.alias_generators import to_camel

from lumiku.core.errors import InvalidInput
from lumiku.engine.options import ColorProfile, Compression, Options, OutputFormat, Shadow, Tier
from lumiku.engine.validate import validate

Text = Annotated[str, StringConstraints(max_length=200)]
_DEFAULTS: Final = Options()


class OptionsBody(BaseModel):
    """Options of section "Options" in the guide; all have defaults."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_alias=True, validate_by_name=True, extra="forbid", frozen=True
    )

    tier: Tier = Field(default="standard", description="Which pipeline; also the price.")
    mask_only: bool = Field(default=False, description="The matte itself instead of the cutout.")
    format: OutputFormat = Field(
        default="png", description="`auto`: PNG where anything is transparent, else JPEG."
    )
    quality: int = Field(default=90, description="1 to 100, of WebP, JPEG and AVIF.")
    lossless: bool = Field(default=False, description="WebP without loss.")
    compression: Compression = Field(default="auto", description="Of PNG.")
    background_color: Text | None = Field(default=None, description="#rrggbb, #rrggbbaa or a CSS name.")
    background_blur: float | None = Field(
        default=None, description="The picture's own background, blurred: percent of the long side."
    )
    crop: bool = Field(default=False, description="Cut to the subject.")
    crop_margin: Text = Field(default="0", description='1, 2 or 4 of "12px" or "5%".')
    scale: Text = Field(default="original", description='The subject on the canvas, "10%" to "100%".')
    position: Text = Field(default="original", description='"center", or "x% y%".')
    size: Text = Field(default="full", description='"4mp", "800x600" or a preset\'s name.')
    shadow: Shadow = "none"
    shadow_opacity: float = Field(default=0.4, description="0 to 1.")
    decontaminate: bool = Field(default=True, description="The subject's own colour at soft edges.")
    color_profile: ColorProfile = "keep"


NAMES: Final = frozenset(to_camel(name) for name in OptionsBody.model_fields) | set(OptionsBody.model_fields)


def read_options(given: Mapping[str, object], *, background: bool) -> tuple[Tier, dict[str, object]]:
    """The tier, and the engine's options that differ from its defaults.

    Args:
        given: by name, in camelCase or as the engine calls them; texts are read as what they must be.
        background: a background image comes along.

    Raises:
        InvalidInput: a value makes no sense; `details["field"]` names the first.
    """
    try:
        body = OptionsBody.model_validate(given)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False, include_context=False)[0]
        field = ".".join(str(part)[:60] for part in problem["loc"])
        raise InvalidInput(f"{field}: {problem['msg']}", field=field) from None
    values: dict[str, Any] = body.model_dump()
    validate(Options(**values, background_image=b"present" if background else None))
    tier: Tier = values.pop("tier")
    return tier, {name: value for name, value in values.items() if value != getattr(_DEFAULTS, name)}
