"""A batch as it goes on, by server-sent events."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Header
from starlette.requests import Request
from starlette.responses import Response

from lumiku.api.access import user
from lumiku.api.deps import CurrentCaller, Given, Parts, Shared
from lumiku.api.feeds import Event, knows_all, moment_of
from lumiku.api.limits import STATUS
from lumiku.api.route import new_router
from lumiku.api.routes.batches import BATCH
from lumiku.api.schemas.streams import EVENT_STREAM
from lumiku.api.streaming import AGAIN, PING_S, Listening, event_stream
from lumiku.removals.read import find_batch

router = new_router("batches")

_PING: Final = b": still here\n\n"
_STREAM: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "`snapshot` {batch, items} first; then `item` {item} and `batch` {batch} as they "
        "change; `end` {batch} when it has ended. With Last-Event-ID, what has changed since in place of the "
        "snapshot.",
        "content": EVENT_STREAM,
    },
    204: {"description": "It has ended, and the caller knows all of it: do not come back."},
}


@router.get(
    f"{BATCH}/{{batch_id}}/events",
    dependencies=[user("removals:read"), STATUS],
    response_class=Response,
    responses=_STREAM,
)
async def follow_batch(
    request: Request,
    batch_id: UUID,
    caller: CurrentCaller,
    services: Given,
    shared: Shared,
    *,
    last_event_id: Annotated[str | None, Header(max_length=40, description="Of the last event seen.")] = None,
) -> Response:
    """Events until the batch ends; where a proxy holds them back, ask for the batch now and then."""
    async with services.db.transaction() as tx:
        batch = await find_batch(tx, caller.user_id, batch_id)
    if last_event_id is not None and knows_all(last_event_id, batch):
        return Response(status_code=204)
    stream = _stream(shared, batch_id, Listening(request, caller.user_id), last_event_id)
    return event_stream(request, stream)


async def _stream(
    shared: Parts, batch_id: UUID, listening: Listening, last_event_id: str | None
) -> AsyncIterator[bytes]:
    closing = asyncio.ensure_future(shared.closing.wait())
    with shared.feeds.open(batch_id, listening.user_id) as (feed, listener):
        events = feed.listen(listener, moment_of(last_event_id or ""))
        upcoming: asyncio.Task[Event] | None = None
        try:
            yield AGAIN
            while not closing.done() and await listening.go_on():
                upcoming = upcoming or asyncio.ensure_future(anext(events))
                await asyncio.wait({upcoming, closing}, timeout=PING_S, return_when=asyncio.FIRST_COMPLETED)
                if not upcoming.done():
                    yield _PING
                    continue
                try:
                    event = upcoming.result()
                except StopAsyncIteration:
                    return
                upcoming = None
                yield f"id: {event.id}\nevent: {event.name}\ndata: {event.data}\n\n".encode()
        finally:
            closing.cancel()
            if upcoming is not None:
                upcoming.cancel()
                with suppress(asyncio.CancelledError, StopAsyncIteration):
                    await upcoming
            await events.aclose()
