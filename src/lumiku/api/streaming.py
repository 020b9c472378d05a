"""What the streams of events share: how long they live, how they rest, and their answer."""

from collections.abc import AsyncIterator
from typing import Final

from starlette.requests import Request
from starlette.responses import StreamingResponse

from lumiku.api.context import context_of

PING_S: Final = 15.0
# A stream ends after this long, so that whoever was logged out meanwhile does not listen on for ever.
LONGEST_S: Final = 300.0
AGAIN: Final = b"retry: 1000\n\n"


def event_stream(request: Request, events: AsyncIterator[bytes]) -> StreamingResponse:
    """Server-sent events, which proxies are asked not to hold back.

    A HEAD request is answered without waiting for any: its connection is busy until the answer ends.
    """
    sent = () if context_of(request.scope).bodiless else events
    return StreamingResponse(sent, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})
