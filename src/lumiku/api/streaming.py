"""What the streams of events share: how long they live, how they rest, for whom, and their answer."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import StreamingResponse

from lumiku.api.access import Access
from lumiku.api.context import context_of
from lumiku.core.errors import Forbidden, LumikuError, Unauthorized

PING_S: Final = 15.0
LONGEST_S: Final = 300.0
AGAIN: Final = b"retry: 1000\n\n"


class Listening:
    """Somebody who listens, and whether they still may: at most a pause longer than their session lasts."""

    def __init__(self, request: Request, user_id: UUID) -> None:
        """They were admitted just now, to read removals."""
        self.user_id = user_id
        self._request = request
        self._access = Access("user", "removals:read")
        self._clock = asyncio.get_running_loop().time
        self._end = self._clock() + LONGEST_S
        self._asked = self._clock()

    async def go_on(self) -> bool:
        """Ask, now and then; while nobody can tell, they may."""
        now = self._clock()
        if now >= self._end:
            return False
        if now - self._asked < PING_S:
            return True
        self._asked = now
        try:
            await self._access.admit(self._request)
        except (Unauthorized, Forbidden):
            return False
        except LumikuError:
            return True
        return True


def event_stream(request: Request, events: AsyncIterator[bytes]) -> StreamingResponse:
    """Server-sent events, which proxies are asked not to hold back.

    A HEAD request is answered without waiting for any: its connection is busy until the answer ends.
    """
    sent = () if context_of(request.scope).bodiless else events
    return StreamingResponse(sent, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})
