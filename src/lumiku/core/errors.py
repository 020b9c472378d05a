"""The error tree: what kind of thing went wrong, a stable code and a message fit for the public.

    LumikuError
    |- InvalidInput      the caller's picture, option or address is at fault; trying again changes nothing
    |- NotFound          what was asked for is not there
    |- Conflict          it is there already, or somebody else changed it
    |- LimitExceeded     it is larger or takes longer than the limits allow
    |- Unavailable       something we depend on does not answer now; trying again may help
    `- InternalError     a fault of ours

Packages derive their own errors from these kinds. Tables elsewhere map a kind to an HTTP status, an exit code
and to "retry or fail"; nothing else needs to know more than the kind.
"""

from collections.abc import Mapping
from typing import ClassVar


class LumikuError(Exception):
    """Anything Lumiku raises on purpose.

    Attributes:
        code: stable, upper-case, safe to compare in programs.
        message: one line for people; holds no path of the server, no stack and no secret.
        details: machine-readable facts about this one case.
    """

    code: ClassVar[str] = "INTERNAL_ERROR"

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details: Mapping[str, object] = details


class InvalidInput(LumikuError):
    """The caller's picture, option or address is at fault."""

    code = "INVALID_INPUT"


class NotFound(LumikuError):
    """What was asked for is not there."""

    code = "NOT_FOUND"


class Conflict(LumikuError):
    """It exists already, or it changed meanwhile."""

    code = "CONFLICT"


class LimitExceeded(LumikuError):
    """Larger, longer or more than the limits allow."""

    code = "LIMIT_EXCEEDED"


class Unavailable(LumikuError):
    """Something we depend on does not answer now."""

    code = "SERVICE_UNAVAILABLE"


class InternalError(LumikuError):
    """A fault of ours."""

    code = "INTERNAL_ERROR"
