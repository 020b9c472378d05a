"""One example of each error status, for the API's description."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True)
class ErrorExample:
    """What an answer of this status means and looks like."""

    meaning: str
    code: str
    message: str
    details: Mapping[str, object] = field(default_factory=dict)


EXAMPLES: Final[Mapping[int, ErrorExample]] = {
    400: ErrorExample(
        "A value makes no sense, or the body cannot be read.",
        "INVALID_INPUT",
        "imageCount must be a whole number from 1 to 500",
        {"field": "imageCount"},
    ),
    401: ErrorExample(
        "Nobody is logged in, or the token is not in force: UNAUTHORIZED, INVALID_TOKEN, TOKEN_EXPIRED.",
        "UNAUTHORIZED",
        "log in, or send an API key",
    ),
    402: ErrorExample(
        "It costs more credits than there are.",
        "INSUFFICIENT_CREDITS",
        "this costs 8 credits and 3 are available",
        {"required": 8, "available": 3},
    ),
    403: ErrorExample(
        "The caller is known and may not: wrong role, a key without the scope, or no CSRF token.",
        "FORBIDDEN",
        "this key or role does not allow that",
        {"requiredScope": "account:read"},
    ),
    404: ErrorExample("There is no such thing, or it is somebody else's.", "NOT_FOUND", "nothing is here"),
    409: ErrorExample("It exists already, or changed meanwhile.", "CONFLICT", "it exists already"),
    410: ErrorExample("It was there, and its time is over.", "FILE_EXPIRED", "the time of this file is over"),
    412: ErrorExample(
        "The file is another than the one that If-Match or If-Unmodified-Since names.",
        "PRECONDITION_FAILED",
        "the file has changed; ask for it anew",
    ),
    413: ErrorExample(
        "The body is too large.", "FILE_TOO_LARGE", "the body is larger than this address takes"
    ),
    416: ErrorExample(
        "The part asked for is not in the file, or is several parts at once.",
        "RANGE_NOT_SATISFIABLE",
        "the file has 1234 bytes",
        {"size": 1234},
    ),
    422: ErrorExample(
        "The request has not the documented shape: INVALID_INPUT, MISSING_REQUIRED_FIELD.",
        "MISSING_REQUIRED_FIELD",
        "required and not there: body.tier",
        {"fields": [{"field": "body.tier", "problem": "Field required"}]},
    ),
    429: ErrorExample("Asked too often.", "RATE_LIMIT_EXCEEDED", "too many requests; wait a little"),
    500: ErrorExample(
        "A fault of ours.",
        "INTERNAL_ERROR",
        "something went wrong on our side; the request id helps to find it",
    ),
    503: ErrorExample(
        "Something that we depend on does not answer now.",
        "SERVICE_UNAVAILABLE",
        "a part of the service does not answer; try again in a moment",
    ),
}
