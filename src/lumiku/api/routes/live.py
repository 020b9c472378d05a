"""What happens to an account's jobs and batches, as one stream for a whole page."""

import asyncio
import math
from collections.abc import AsyncIterator
from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from lumiku.api.access import user
from lumiku.api.deps import CurrentCaller, Given, Parts, Shared
from lumiku.api.events import Changes
from lumiku.api.limits import limited
from lumiku.api.route import new_router
from lumiku.api.schemas.removals import BatchBody, BatchProgress, JobAnswer, JobBody
from lumiku.api.schemas.streams import EVENT_STREAM
from lumiku.api.streaming import AGAIN, PING_S, Listening, event_stream
from lumiku.bootstrap import Services
from lumiku.core.errors import LumikuError
from lumiku.removals.read import batches_by_id, jobs_by_id

router = new_router("jobs")

_GATHER_S: Final = 0.05  # between two looks: a batch changes with each of its jobs; the first is told at once
_STREAM: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "`resync` {} first, and whenever more may have happened than is told: read again what "
        "is shown. Then `job` {job} and `batch` {batch} as they change, `gone` {ids} of what was deleted, "
        "and `ping` {} every 15 seconds. Nothing is repeated to whoever comes back.",
        "content": EVENT_STREAM,
    },
}


@router.get(
    "/api/background-remover/events",
    dependencies=[user("removals:read"), limited("status", "live")],
    response_class=Response,
    responses=_STREAM,
)
async def follow_account(
    request: Request, caller: CurrentCaller, services: Given, shared: Shared
) -> Response:
    """All of the caller's jobs and batches as they change; it ends after five minutes, so come back."""
    stream = _stream(shared, services, Listening(request, caller.user_id))
    return event_stream(request, stream)


async def _stream(shared: Parts, services: Services, listening: Listening) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    woken_at = -math.inf
    closing = asyncio.ensure_future(shared.closing.wait())
    try:
        with shared.events.watch_account(listening.user_id) as changes:
            yield AGAIN
            while not closing.done() and await listening.go_on():
                for event in await _told(services, listening.user_id, changes):
                    yield event
                if await _woken(changes, closing, not_before=woken_at + _GATHER_S):
                    woken_at = loop.time()
                elif not closing.done():
                    yield _event("ping", "{}")
    finally:
        closing.cancel()


async def _woken(changes: Changes, closing: asyncio.Future[Any], *, not_before: float) -> bool:
    """Wait for a change, for the end of this process, or for a while; whether there is a change.

    `not_before`, by the loop's clock: a change is told then at the earliest, with what follows until then.
    """
    woken = asyncio.ensure_future(changes.woken.wait())
    try:
        await asyncio.wait({woken, closing}, timeout=PING_S, return_when=asyncio.FIRST_COMPLETED)
        early_s = not_before - asyncio.get_running_loop().time()
        if woken.done() and not closing.done() and early_s > 0:
            await asyncio.wait({closing}, timeout=early_s)
        return woken.done()
    finally:
        woken.cancel()


async def _told(services: Services, user_id: UUID, changes: Changes) -> list[bytes]:
    """The events of what changed since the last look."""
    job_ids, batch_ids, unsure = changes.take()
    events = [_event("resync", "{}")] if unsure else []
    if not (job_ids or batch_ids):
        return events
    try:
        async with services.db.transaction() as tx:
            jobs = await jobs_by_id(tx, user_id, job_ids) if job_ids else []
            batches = await batches_by_id(tx, user_id, batch_ids) if batch_ids else []
    except LumikuError:  # the database is away: whoever listens reads again when it is back
        changes.unsure = True
        return events
    events += [_event("job", JobAnswer(job=JobBody.of(job, services)).model_dump_json()) for job in jobs]
    events += [_event("batch", BatchProgress(batch=BatchBody.of(each)).model_dump_json()) for each in batches]
    gone = (job_ids - {job.id for job in jobs}) | (batch_ids - {each.id for each in batches})
    if gone:
        ids = ",".join(f'"{each}"' for each in sorted(gone))
        events.append(_event("gone", f'{{"ids":[{ids}]}}'))
    return events


def _event(name: str, data: str) -> bytes:
    return f"event: {name}\ndata: {data}\n\n".encode()
