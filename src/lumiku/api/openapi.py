"""Describes the API as it is: who may call a route, how often, and every error that it can answer."""

import json
from importlib.metadata import version
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from lumiku.api.cookies import CSRF_HEADER, SESSION_COOKIE
from lumiku.api.error_examples import EXAMPLES
from lumiku.api.errors import envelope
from lumiku.api.route import Route, guarded_routes
from lumiku.api.schemas.base import ErrorBody

VERSION: Final = version("lumiku")
RATE_HEADERS: Final = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
_DESCRIPTION: Final = """\
Send a session's token or an API key as `Authorization: Bearer ...`; a browser's session cookie works too, \
with the `X-CSRF-Token` header on requests that change something. Every error is \
`{"error": {"code", "message", "details", "requestId"}}`."""

_EXAMPLE_ID: Final = "4f2c0d7e6b1a4c58a3d09e7f21b6c8aa"


def describe(app: FastAPI) -> dict[str, Any]:
    """OpenAPI of the app's routes."""
    document = get_openapi(title="Lumiku", version=VERSION, description=_DESCRIPTION, routes=app.routes)
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    error = ErrorBody.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(error.pop("$defs"))
    schemas["ErrorBody"] = error
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "description": "A session's token, or an API key."},
        "cookie": {
            "type": "apiKey",
            "in": "cookie",
            "name": SESSION_COOKIE,
            "description": f"A browser's session; with the header {CSRF_HEADER} where something is changed.",
        },
    }
    for route in guarded_routes(app):
        for method in route.methods or ():
            operation = document["paths"].get(route.path_format, {}).get(method.lower())
            if operation:
                _complete(operation, route)
    return document


def _complete(operation: dict[str, Any], route: Route) -> None:
    access, limit = route.access, route.limit
    has_body = "requestBody" in operation
    statuses = {500}
    if access.who == "visitor":
        statuses.add(503)
        operation["security"] = [{}, {"bearer": []}, {"cookie": []}]
        operation["x-access"] = "public"
    elif access.who != "public":
        statuses |= {401, 403, 503}
        operation["security"] = [{"bearer": []}, {"cookie": []}]
        operation["x-access"] = access.who if access.scope is None else f"{access.who} ({access.scope})"
    else:
        operation["x-access"] = "public"
    if limit is not None:
        statuses |= {429, 503}
    if has_body:
        statuses |= {400, 413, 422}
    if operation.get("parameters"):
        statuses |= {400, 422}
    if "{" in route.path:
        statuses.add(404)
    responses = operation["responses"]
    statuses |= {int(status) for status in responses if int(status) >= 400}
    if not (has_body or operation.get("parameters")):
        statuses.discard(422)
    for status in sorted(statuses):
        told = responses.get(str(status), {}).get("description")
        responses[str(status)] = _error(status, told)
    operation["responses"] = responses = dict(sorted(responses.items()))
    if limit is not None:
        headers = {name: {"schema": {"type": "integer"}} for name in RATE_HEADERS}
        for status, response in responses.items():
            if status not in {"401", "403", "500", "503", "413"}:
                response["headers"] = {**response.get("headers", {}), **headers}


def _error(status: int, told: str | None) -> dict[str, Any]:
    shown = EXAMPLES[status]
    example = json.loads(envelope(shown.code, shown.message, shown.details, _EXAMPLE_ID))
    content = {"schema": {"$ref": "#/components/schemas/ErrorBody"}, "example": example}
    response: dict[str, Any] = {
        "description": told if told and told != "Validation Error" else shown.meaning,
        "content": {"application/json": content},
    }
    if status in {429, 503}:
        response["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
    return response
