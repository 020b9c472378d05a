"""The API's description as the web app needs it: what can be asked, what comes, and one shape of error."""

from typing import Any, Final

_ERROR: Final = {
    "description": "Every error.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorBody"}}},
}


def for_the_web_app(described: dict[str, Any]) -> dict[str, Any]:
    """Only the routes under /api, with their good answers and, for all others, the one envelope."""
    paths = {
        path: {method: _slim(operation) for method, operation in operations.items()}
        for path, operations in described["paths"].items()
        if path.startswith("/api/") and path != "/api/openapi.json"
    }
    return {**described, "paths": paths}


def _slim(operation: dict[str, Any]) -> dict[str, Any]:
    good = {
        status: {name: part for name, part in answer.items() if name != "headers"}
        for status, answer in operation["responses"].items()
        if status < "400"
    }
    return {**operation, "responses": {**good, "default": _ERROR}}
