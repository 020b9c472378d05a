"""Waits for the end of a job, as long as the caller wants to, and no longer than this process lives."""

import asyncio
from typing import Final

from starlette.requests import Request

from lumiku.api.deps import parts_of, services_of
from lumiku.removals.model import Job
from lumiku.removals.read import find_job

MOST_S: Final = 60.0
_LOOK_EVERY_S: Final = 2.0  # should a word of the database be lost


async def wait_for_end(request: Request, job: Job, seconds: float) -> Job:
    """The job as it is when it ends, or when the time is over, or when this process is to stop."""
    services, parts = services_of(request), parts_of(request)
    closing = parts.closing
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    with parts.events.watch(job.id) as woken:
        while True:
            woken.clear()
            async with services.db.transaction() as tx:
                job = await find_job(tx, job.user_id, job.id)
            left = end - loop.time()
            if not job.active or left <= 0 or closing.is_set() or await request.is_disconnected():
                return job
            await _first_of(woken, closing, min(left, _LOOK_EVERY_S))


async def _first_of(woken: asyncio.Event, closing: asyncio.Event, seconds: float) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in (woken, closing)]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
