"""Files that were made for one answer: sent from the disk, however slowly the client takes them."""

from collections.abc import Mapping
from contextlib import AsyncExitStack

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from lumiku.api.parts import Part


class HeldAnswer(StreamingResponse):
    """One of them; what it holds is given up when it is sent, or the client is gone."""

    def __init__(self, file: Part, media_type: str, headers: Mapping[str, str], held: AsyncExitStack) -> None:
        """`held` has the file, and whatever else is to be kept until then."""
        told = {**headers, "Content-Length": str(file.size_bytes)}
        super().__init__(file.pieces(), 200, told, media_type)
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        async with self._held:
            await super().__call__(scope, receive, send)
