"""Waits for the end of a job, as long as the caller wants to, and no longer than this process lives."""

import asyncio
from typing import Final
from uuid import UUID

from starlette.requests import Request

from lumiku.api.deps import parts_of, services_of
from lumiku.core.db import DatabaseUnavailable
from lumiku.removals.errors import NoSuchJob
from lumiku.removals.model import Job
from lumiku.removals.read import find_job

MOST_S: Final = 60.0
_LOOK_EVERY_S: Final = 2.0  # should a word of the database be lost


async def wait_for_end(request: Request, user_id: UUID, job_id: UUID, seconds: float) -> Job | None:
    """A job that was taken on, as it is when it ends, when the time is over, or when this process is to stop.

    It is to be paid for by now, so nothing here is an error: where it can be read no more, because the
    database is away or somebody has deleted it, this is how it was last seen; None: never.
    """
    parts = parts_of(request)
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    job: Job | None = None
    with parts.events.watch(job_id) as woken:
        while True:
            woken.clear()
            try:
                async with services_of(request).db.transaction() as tx:
                    job = await find_job(tx, user_id, job_id)
            except (DatabaseUnavailable, NoSuchJob):
                return job
            left = end - loop.time()
            if not job.active or left <= 0 or parts.closing.is_set() or await request.is_disconnected():
                return job
            await _first_of(woken, parts.closing, min(left, _LOOK_EVERY_S))


async def _first_of(woken: asyncio.Event, closing: asyncio.Event, seconds: float) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in (woken, closing)]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
