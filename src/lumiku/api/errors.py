"""From what went wrong to the one shape of every error answer: status, code, message, details, request id."""

import json
import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import structlog
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from lumiku.api.context import context_of
from lumiku.api.failures import describe_failure
from lumiku.api.files import Changed, RangeRefused
from lumiku.core.errors import (
    Conflict,
    Forbidden,
    Gone,
    InvalidInput,
    LimitExceeded,
    LumikuError,
    NotFound,
    PaymentRequired,
    TooManyRequests,
    Unauthorized,
    Unavailable,
)

# The first kind that fits counts; anything else is a fault of ours.
_STATUS: Final[tuple[tuple[type[LumikuError], int], ...]] = (
    (Changed, 412),
    (RangeRefused, 416),
    (InvalidInput, 400),
    (Unauthorized, 401),
    (PaymentRequired, 402),
    (Forbidden, 403),
    (NotFound, 404),
    (Conflict, 409),
    (Gone, 410),
    (LimitExceeded, 413),
    (TooManyRequests, 429),
    (Unavailable, 503),
)

# Codes of answers that no exception of ours stands behind: the framework's own 404, 405 and so on.
_CODES: Final[Mapping[int, str]] = {
    400: "INVALID_INPUT",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    413: "FILE_TOO_LARGE",
    422: "INVALID_INPUT",
    429: "RATE_LIMIT_EXCEEDED",
    503: "SERVICE_UNAVAILABLE",
}
_FOR_PROGRAMS: Final = ("/api/", "/storage/", "/health", "/metrics", "/assets/")
_MESSAGES: Final[Mapping[str, str]] = {
    "NOT_FOUND": "nothing is here",
    "METHOD_NOT_ALLOWED": "this address does not answer that method",
    "FILE_TOO_LARGE": "the body is larger than this address takes",
    "UNREADABLE_BODY": "the body cannot be read",
    "SERVICE_UNAVAILABLE": "a part of the service does not answer; try again in a moment",
    "QUEUE_FULL": "there is more work than the service takes on; try again in a moment",
    "MIGRATION_PENDING": "the service is being updated; try again in a moment",
    "INTERNAL_ERROR": "something went wrong on our side; the request id helps to find it",
}


class NotReady(Unavailable):
    """A readiness check failed. The only 5xx with a text of its own: our words about our own parts."""


log = structlog.get_logger("lumiku.http")


def status_of(error: LumikuError) -> int:
    """The HTTP status of an error's kind."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def envelope(code: str, message: str, details: Mapping[str, object], request_id: str) -> bytes:
    """The body of every error answer.

    Escaped to ASCII, so that no input can make it unencodable; what JSON does not know is shown as text.
    """
    error = {"code": code, "message": message, "details": dict(details), "requestId": request_id}
    text = json.dumps({"error": error}, default=str, allow_nan=False)
    return text.encode("ascii")


def bare_envelope(status: int, request_id: str) -> tuple[str, bytes]:
    """Code and body for a status that came without an error of ours."""
    code = _CODES.get(status, "INVALID_INPUT" if status < 500 else "INTERNAL_ERROR")
    message = _MESSAGES.get(code) or HTTPStatus(status).phrase.lower()
    return code, envelope(code, message, {}, request_id)


async def answer_error(request: Request, error: Exception) -> Response:
    """The answer to an error of ours. A 5xx says nothing of its cause, which goes to the log."""
    if not isinstance(error, LumikuError):
        raise TypeError("only errors of our own come here")
    context = context_of(request.scope)
    status = status_of(error)
    context.code = error.code
    headers = {}
    if isinstance(error, TooManyRequests):
        headers["Retry-After"] = str(error.retry_after_s)
    if status == 503:
        headers["Retry-After"] = "5"
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, RangeRefused):
        headers["Content-Range"] = f"bytes */{error.details['size']}"
    message, details = error.message, error.details
    if status >= 500 and not isinstance(error, NotReady):
        if error.code not in _MESSAGES:
            context.code = "SERVICE_UNAVAILABLE" if status == 503 else "INTERNAL_ERROR"
        message, details = _MESSAGES[context.code], {}
        log.warning("failure", request_id=context.id, code=context.code, **describe_failure(error))
    body = envelope(context.code, _whole(message), details, context.id)
    return Response(body, status, headers, media_type="application/json")


async def answer_invalid(request: Request, error: Exception) -> Response:
    """422: the request has not the documented shape. What was sent is not repeated: it may be a password."""
    if not isinstance(error, RequestValidationError):
        raise TypeError("only errors of shape come here")
    context = context_of(request.scope)
    problems = error.errors()
    missing = bool(problems) and all(problem["type"] == "missing" for problem in problems)
    context.code = "MISSING_REQUIRED_FIELD" if missing else "INVALID_INPUT"
    fields = [
        {"field": _field(problem["loc"]), "problem": _whole(problem["msg"])} for problem in problems[:20]
    ]
    names = ", ".join(field["field"] for field in fields[:5])
    message = f"required and not there: {names}" if missing else f"not as documented: {names}"
    body = envelope(context.code, message, {"fields": fields}, context.id)
    return Response(body, 422, media_type="application/json")


async def answer_http(request: Request, error: Exception) -> Response:
    """The framework's own refusals: no such route, wrong method, unreadable body."""
    if not isinstance(error, HTTPException):
        raise TypeError("only the framework's refusals come here")
    context = context_of(request.scope)
    if error.status_code == 404 and _wants_page(request):
        context.code, context.for_people = "NOT_FOUND", True
        answer: Response = request.app.state.parts.web.page(request, 404)
        return answer
    if error.status_code == 400:
        context.code = "INVALID_INPUT"
        body = envelope(context.code, _MESSAGES["UNREADABLE_BODY"], {}, context.id)
    else:
        context.code, body = bare_envelope(error.status_code, context.id)
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(sorted(_methods_of(request)))
    return Response(body, error.status_code, headers, media_type="application/json")


def _wants_page(request: Request) -> bool:
    """Whether a browser went to an address that nobody has: the web app says so then, if it is there."""
    return (
        request.method == "GET"
        and "text/html" in request.headers.get("accept", "")
        and not request.url.path.startswith(_FOR_PROGRAMS)
        and request.app.state.parts.web.built
    )


def _methods_of(request: Request) -> set[str]:
    """All that the address answers; the framework names those of its first route alone."""
    methods: set[str] = set()
    for route in iter_route_contexts(request.app.routes):
        pattern: re.Pattern[str] | None = getattr(route.original_route, "path_regex", None)
        if pattern is not None and pattern.match(request.url.path):
            methods |= getattr(route.original_route, "methods", None) or set()
    return methods | {"HEAD"} if "GET" in methods else methods


def _field(location: Sequence[Any]) -> str:
    """`body.user.email`; names that the caller chose are cut."""
    return _whole(".".join(str(part)[:60] for part in location[:6]))


def _whole(text: str) -> str:
    """The same text without halves of characters."""
    return text.encode("utf-8", "replace").decode("utf-8")[:500]
