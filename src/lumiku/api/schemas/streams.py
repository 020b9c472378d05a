"""Server-sent events, as the description tells of them."""

from typing import Any, Final

# Of one event: OpenAPI 3.1 has no word for a stream of them.
EVENT_STREAM: Final[dict[str, Any]] = {
    "text/event-stream": {
        "schema": {
            "type": "object",
            "description": "One event of the stream.",
            "properties": {
                "id": {"type": "string"},
                "event": {"type": "string"},
                "data": {"type": "string", "description": "JSON."},
            },
            "required": ["event", "data"],
        }
    }
}
