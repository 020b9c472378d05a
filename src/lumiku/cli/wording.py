"""What pydantic and the engine have against a value, in our words: which flag, which value, what would do."""

import re
from typing import TYPE_CHECKING

from lumiku.core.errors import LumikuError

if TYPE_CHECKING:
    from pydantic import ValidationError

_ALLOWED = {
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_parsing": "a number",
    "finite_number": "a number",
    "bool_parsing": "true or false",
    "literal_error": "one of {expected}",
    "less_than_equal": "{le:g} or less",
    "greater_than_equal": "{ge:g} or more",
    "greater_than": "above {gt:g}",
    "extra_forbidden": "wanted: there is no such setting",
}
_BACKGROUND = "background_"


def not_allowed(error: "ValidationError") -> str:
    """What is wrong with the first value that is wrong, as "'x' is not a whole number"."""
    first = error.errors(include_url=False)[0]
    allowed = _ALLOWED.get(first["type"])
    if allowed is None:  # a check of Typer's own, or a kind without words of ours
        return first["msg"].removeprefix("Value error, ").rstrip(".")
    return f"{first['input']!r} is not {allowed.format(**first.get('ctx', {}))}"


def setting_of(error: "ValidationError") -> str:
    """The environment's name of the first setting that is wrong."""
    place = error.errors(include_url=False, include_input=False)[0]["loc"]
    return "LUMIKU_" + "__".join(str(part).upper() for part in place)


def flag_of(option: str) -> str:
    """The flag that sets a field of the engine's options."""
    if option == "decontaminate":
        return "--no-decontaminate"
    return "--" + option.replace(_BACKGROUND, "bg_").replace("_", "-")


def with_flags(error: LumikuError) -> str:
    """The message, with flags where the engine names its options: those stand in backticks."""
    return re.sub(r"`(\w+)`", lambda found: flag_of(found[1]), error.message)
