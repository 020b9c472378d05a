"""docs/reference/http-api.md, from the API's own description."""

import json
from collections.abc import Iterator
from typing import Any

from lumiku.accounts.model import SCOPES
from lumiku.api.app import assemble
from lumiku.api.error_codes import ANSWERS, FAILURES
from lumiku.core.settings import HttpSettings

_INTRODUCTION = """\
`GET /api/openapi.json` gives the same as OpenAPI 3.1, with every field. How to log in, page and retry is in
[the guide](../how-to/http-api.md).

Access: *public* is anybody; *user* is a session, or an API key with the scope named; *session* is a login
and no key; *admin* is an administrator's session, or key with the scope `admin`; *operator* is that, or the
metrics token of the settings. Each route can also answer 500; those that need the database 503."""
_EVERYWHERE = {"500", "503"}


def http_page(made_by: str) -> str:
    """Every route with its access, parameters, body, answers and errors."""
    described: dict[str, Any] = assemble(HttpSettings()).openapi()
    lines = ["# HTTP API", "", made_by, _INTRODUCTION]
    lines += ["", "## Scopes of keys", "", "| scope | allows to |", "|---|---|"]
    lines += [f"| `{scope}` | {allows} |" for scope, allows in SCOPES.items()]
    lines += _codes()
    tags: dict[str, list[str]] = {}
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            section = _operation(f"{method.upper()} {path}", operation, described["components"]["schemas"])
            tags.setdefault(operation["tags"][0], []).extend(section)
    for tag, sections in tags.items():
        lines += ["", f"## {tag.capitalize()}", *sections]
    return "\n".join([*lines, ""])


def _codes() -> Iterator[str]:
    yield from ("", "## Codes of errors", "", "| code | status | meaning |", "|---|---|---|")
    for name, code in ANSWERS.items():
        yield f"| `{name}` | {', '.join(map(str, code.statuses))} | {code.meaning} |"
    yield from ("", "A picture that did not come out has one of these as `error.code`:", "")
    yield from ("| code | meaning |", "|---|---|")
    yield from (f"| `{name}` | {meaning} |" for name, meaning in FAILURES.items())


def _operation(name: str, operation: dict[str, Any], schemas: dict[str, Any]) -> Iterator[str]:
    yield from ("", f"### `{name}`", "", operation["description"], "")
    limit = "; limited" if "429" in operation["responses"] else ""
    yield f"Access: {operation['x-access']}{limit}."
    lines = []
    for parameter in operation.get("parameters", ()):
        need = "required" if parameter["required"] else "optional"
        told = parameter.get("description") or parameter["schema"].get("description", "")
        lines.append(f"- `{parameter['name']}` ({parameter['in']}, {need}){': ' + told if told else ''}")
    if lines:
        yield from ("", *lines)
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if body:
        yield from ("", "Body:", "", *_example(body["schema"], schemas))
    for status, answer in operation["responses"].items():
        schema = answer.get("content", {}).get("application/json", {}).get("schema")
        if int(status) < 400 and schema:
            yield from ("", f"Answer {status}:", "", *_example(schema, schemas))
    errors = [
        f"{status} {answer['description']}"
        for status, answer in operation["responses"].items()
        if int(status) >= 400 and status not in _EVERYWHERE
    ]
    if errors:
        yield from ("", "Errors:", "", *(f"- {error}" for error in errors))


def _example(schema: dict[str, Any], schemas: dict[str, Any]) -> list[str]:
    return ["```json", json.dumps(_value(schema, schemas), indent=2, ensure_ascii=False), "```"]


def _value(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """An example value: the schema's own, else one of its type."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    if "examples" in schema:
        return schema["examples"][0]
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return _value(schema["anyOf"][0], schemas)
    match schema.get("type"):
        case "object" if "properties" in schema:
            return {name: _value(part, schemas) for name, part in schema["properties"].items()}
        case "object":
            return {}
        case "array":
            return [_value(schema["items"], schemas)]
        case "boolean":
            return False
        case "integer" | "number":
            return 0
    formats = {"uuid": "0190c5a2-7c1e-7b2a-9f00-3c5d1e2f4a6b", "date-time": "2026-11-24T12:00:00Z"}
    return formats.get(schema.get("format", ""), "text")
