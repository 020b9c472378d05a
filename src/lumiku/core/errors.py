"""The error tree: what kind of thing went wrong, a stable code and a message fit for the public.

    LumikuError
    |- InvalidInput      the caller's picture, option or address is at fault; trying again changes nothing
    |- Unauthorized      we do not know who is asking
    |- Forbidden         we know, and they may not
    |- PaymentRequired   it costs more credits than there are
    |- NotFound          what was asked for is not there
    |- Gone              it was there, and is no more
    |- Conflict          it is there already, or somebody else changed it
    |- LimitExceeded     it is larger or takes longer than the limits allow
    |- TooManyRequests   asked too often; `retry_after_s` says when to come back
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
        reason: what of many things of this code it is, as stable; in `details` too, where people are told in
            their own language. An instance may give another.
        message: one line for people; holds no path of the server, no stack and no secret.
        details: machine-readable facts about this one case.
    """

    code: ClassVar[str] = "INTERNAL_ERROR"
    reason: ClassVar[str | None] = None

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        if self.reason is not None:
            details.setdefault("reason", self.reason)
        self.details: Mapping[str, object] = details


class InvalidInput(LumikuError):
    """The caller's picture, option or address is at fault."""

    code = "INVALID_INPUT"


class Unauthorized(LumikuError):
    """We do not know who is asking."""

    code = "UNAUTHORIZED"


class Forbidden(LumikuError):
    """Known, but not allowed."""

    code = "FORBIDDEN"


class PaymentRequired(LumikuError):
    """It costs more credits than there are."""

    code = "INSUFFICIENT_CREDITS"


class NotFound(LumikuError):
    """What was asked for is not there."""

    code = "NOT_FOUND"


class Gone(LumikuError):
    """It was there, and is no more."""

    code = "GONE"


class Conflict(LumikuError):
    """It exists already, or it changed meanwhile."""

    code = "CONFLICT"


class LimitExceeded(LumikuError):
    """Larger, longer or more than the limits allow."""

    code = "LIMIT_EXCEEDED"


class TooManyRequests(LumikuError):
    """Asked too often.

    Attributes:
        retry_after_s: whole seconds until the next try can succeed.
    """

    code = "RATE_LIMIT_EXCEEDED"

    def __init__(self, message: str, retry_after_s: int, **details: object) -> None:
        super().__init__(message, **details)
        self.retry_after_s = retry_after_s


class Unavailable(LumikuError):
    """Something we depend on does not answer now."""

    code = "SERVICE_UNAVAILABLE"


class InternalError(LumikuError):
    """A fault of ours."""

    code = "INTERNAL_ERROR"
