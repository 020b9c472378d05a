"""What clients may ask of a removal, checked before anything is charged, and as it is kept in the row."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final, get_args

from lumiku.core.errors import InvalidInput
from lumiku.engine.errors import InvalidOption
from lumiku.engine.options import TIERS, Options, Tier
from lumiku.engine.steps.layout import most_pixels
from lumiku.engine.validate import validate
from lumiku.removals.model import Job

BACKGROUND_KEY: Final = "background_image_key"  # of a stored file, in place of the engine's background_image
_NOT_FOR_CLIENTS: Final = frozenset({"tier", "model", "background_image"})
_DEFAULTS: Final = {each.name: each.default for each in fields(Options) if each.name not in _NOT_FOR_CLIENTS}


def check_tier(tier: str) -> Tier:
    """The tier, if there is one of that name. Raises InvalidInput."""
    for known in get_args(Tier):
        if tier == known:
            return known  # type: ignore[no-any-return]
    raise InvalidInput(f"tier must be one of {', '.join(TIERS)}", field="tier")


def check_options(tier: str, given: Mapping[str, object]) -> dict[str, Any]:
    """The options that differ from the defaults, as JSON, for `background_removal_jobs.options`.

    Args:
        tier: one of the four.
        given: fields of the engine's `Options` by name, and `background_image_key` for a stored background.

    Raises:
        InvalidInput: no such tier.
        InvalidOption: no such option, or a value or a combination that makes no sense.
    """
    engine_options(tier, given, _stand_in(given))
    kept = {name: value for name, value in given.items() if value != _DEFAULTS.get(name)}
    return {name: value for name, value in kept.items() if value is not None}


def most_canvas_pixels(job: Job, given: Mapping[str, object]) -> int:
    """At most so many pixels has what is composed of a job that came out. Raises as `check_options`."""
    options = engine_options(job.tier, given, _stand_in(given))
    return most_pixels(job.width or 0, job.height or 0, options)


def engine_options(tier: str, given: Mapping[str, object], background: bytes | None) -> Options:
    """The engine's options. Raises as `check_options`."""
    for name in given:
        if name not in _DEFAULTS and name != BACKGROUND_KEY:
            raise InvalidOption(f"There is no option '{name[:40]}'.", option=name[:40])
    values: dict[str, Any] = {name: value for name, value in given.items() if name != BACKGROUND_KEY}
    options = Options(tier=check_tier(tier), background_image=background, **values)
    validate(options)
    return options


def _stand_in(given: Mapping[str, object]) -> bytes | None:
    """In place of a stored background, where options are checked and not used."""
    return b"stored" if given.get(BACKGROUND_KEY) else None
