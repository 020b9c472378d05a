"""Processing one job: its picture through the engine, its files into storage, its end into the database.

No transaction is open while the picture is worked on. A job may be given to two workers, one of them taken
for dead: each start counts `attempt` up, and only the latest attempt can end the job. So whatever happens,
there is one result and one charge; the files of an attempt that came too late are deleted.
"""

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import structlog
from sqlalchemy import RowMapping, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.clock import Clock
from lumiku.core.db import Database, DatabaseUnavailable
from lumiku.core.errors import LumikuError, Unavailable
from lumiku.credits.errors import HoldEnded
from lumiku.removals.engine import Engine, Made, Order, OrderFailed
from lumiku.removals.events import announce
from lumiku.removals.finish import RUNNING, Ending, end_job
from lumiku.removals.tables import background_removal_batches as batches
from lumiku.removals.tables import background_removal_jobs as jobs
from lumiku.storage.base import Storage
from lumiku.storage.errors import FileMissing
from lumiku.storage.keys import Kind, new_key

MOST_FAILURES: Final = 4  # three tries more than the first
MOST_CRASHES: Final = 3  # a picture that ends the engine is suspect
CRASHED: Final = "ENGINE_CRASHED"
NO_SUBJECT: Final = "UNKNOWN_FOREGROUND"
FAILED: Final = "PROCESSING_FAILED"
UNPAID: Final = "CREDITS_RELEASED"
FAILED_MESSAGE: Final = "The picture could not be processed; nothing was charged."

_log = structlog.get_logger("lumiku.removals")


@dataclass(frozen=True)
class Parts:
    """What processing works with."""

    db: Database
    storage: Storage
    engine: Engine
    clock: Clock


@dataclass(frozen=True)
class Failure:
    """Why an attempt failed: a code and a line for the public, and whether another may succeed."""

    code: str
    message: str
    most: int = 1

    @classmethod
    def of(cls, error: Exception) -> "Failure":
        """What an error means for its job; `most` is the failure that is the last."""
        match error:
            case OrderFailed(cause=code, passing=False):
                return cls(code, error.message)
            case OrderFailed(cause=code):
                return cls(FAILED, FAILED_MESSAGE, MOST_CRASHES if code == CRASHED else MOST_FAILURES)
            case FileMissing():
                return cls(error.code, "The picture's file is gone; nothing was charged.")
            case HoldEnded():
                return cls(UNPAID, "The credits kept for this picture were given back; please try again.")
            case _:
                return cls(FAILED, FAILED_MESSAGE, MOST_FAILURES)


class TryAgain(Unavailable):
    """The attempt failed for a reason that may pass; the queue gives the job to a worker again later."""


async def process(parts: Parts, job_id: UUID, *, interactive: bool) -> None:
    """Do a job that waits, or that a worker left unfinished; does nothing where it has ended.

    Raises:
        TryAgain: queue it again.
        DatabaseUnavailable: the outcome is as if the worker had died.
    """
    job = await _claim(parts, job_id)
    if job is None:
        return
    begin = time.monotonic()
    try:
        made = await _make(parts, job, interactive=interactive)
        files = await _keep(parts, made)
    except DatabaseUnavailable:
        raise
    except Exception as error:  # whatever it was, the job needs an end
        await _fail(parts, job, error)
        return
    values = _values_of(made) | files | {"processing_ms": round((time.monotonic() - begin) * 1000)}
    await _complete(parts, job, values, list(files.values()))


async def give_up(parts: Parts, job_id: UUID) -> None:
    """End a job as failed that has outlived its worker too often."""
    await _end(parts, Ending(job_id, "failed", None, FAILED, FAILED_MESSAGE))


async def _claim(parts: Parts, job_id: UUID) -> RowMapping | None:
    """Begin an attempt; None where there is nothing to do any more."""
    async with parts.db.transaction() as tx:
        batch_id = select(jobs.c.batch_id).where(jobs.c.id == job_id).scalar_subquery()
        await tx.execute(
            update(batches)
            .where(batches.c.id == batch_id, batches.c.status == "pending")
            .values(status="processing", started_at=parts.clock())
        )
        begun = (
            update(jobs)
            .where(jobs.c.id == job_id, jobs.c.status.in_(RUNNING), jobs.c.cancel_requested_at.is_(None))
            .values(
                status="processing",
                attempt=jobs.c.attempt + 1,
                started_at=func.coalesce(jobs.c.started_at, parts.clock()),
            )
            .returning(jobs)
        )
        job: RowMapping | None = (await tx.execute(begun)).mappings().one_or_none()
        if job is not None:
            await announce(tx, user_id=job["user_id"], job_id=job_id, batch_id=job["batch_id"])
        else:
            await _end_if_cancelled(tx, parts, job_id)
        return job


async def _make(parts: Parts, job: RowMapping, *, interactive: bool) -> Made:
    options: dict[str, object] = dict(job["options"])
    background_key = options.pop("background_image_key", None)
    order = Order(
        source=await parts.storage.get(job["source_key"]),
        tier=job["tier"],
        options=options,
        background=None if background_key is None else await parts.storage.get(str(background_key)),
        interactive=interactive,
    )
    made = await parts.engine.run(order)
    if not made.found:
        raise OrderFailed(NO_SUBJECT, "No subject was found in this picture.", passing=False)
    return made


async def _keep(parts: Parts, made: Made) -> dict[str, str]:
    """Store what came out, all of it or nothing; gives the keys by their columns."""
    contents: dict[str, tuple[Kind, str, bytes]] = {
        "result_key": ("outputs", made.extension, made.result),
        "matte_key": ("mattes", "png", made.matte),
        "thumbnail_key": ("thumbnails", "webp", made.thumbnail),
    }
    now = parts.clock()
    keys = {column: new_key(kind, extension, now) for column, (kind, extension, _) in contents.items()}
    puts = [parts.storage.put(keys[column], content) for column, (_, _, content) in contents.items()]
    for outcome in await asyncio.gather(*puts, return_exceptions=True):
        if isinstance(outcome, BaseException):
            await _discard(parts, list(keys.values()))
            raise outcome
    return keys


async def _complete(parts: Parts, job: RowMapping, values: Mapping[str, Any], files: list[str]) -> None:
    ending = Ending(job["id"], "completed", job["attempt"], values=values)
    try:
        ended = await _end(parts, ending)
    except HoldEnded as error:
        await _discard(parts, files)
        await _fail(parts, job, error)
        return
    if ended:
        return
    await _discard(parts, files)
    async with parts.db.transaction() as tx:
        cancelled = await _end_if_cancelled(tx, parts, job["id"])
    if not cancelled:
        _log.warning("came too late, so thrown away", job=str(job["id"]), attempt=job["attempt"])


async def _fail(parts: Parts, job: RowMapping, error: Exception) -> None:
    """Count the failure, and raise TryAgain; or end the job, where trying again is no use."""
    async with parts.db.transaction() as tx:
        if await _end_if_cancelled(tx, parts, job["id"]):
            return
    failure = Failure.of(error)
    facts = {"job": str(job["id"]), "attempt": job["attempt"], "reason": _reason(error)}
    if failure.most > 1:
        async with parts.db.transaction() as tx:
            counted = (
                update(jobs)
                .where(
                    jobs.c.id == job["id"], jobs.c.attempt == job["attempt"], jobs.c.status == "processing"
                )
                .values(failures=jobs.c.failures + 1, status="pending")
                .returning(jobs.c.failures)
            )
            failures = (await tx.execute(counted)).scalar_one_or_none()
        if failures is None:
            return  # another attempt has it, or it has ended
        if failures < failure.most:
            _log.warning("failed; it is tried again", **facts, failures=failures)
            raise TryAgain("the picture is tried again later") from error
    ending = Ending(job["id"], "failed", job["attempt"], failure.code, failure.message)
    if await _end(parts, ending):
        _log.info("failed", **facts, code=failure.code)


async def _end(parts: Parts, ending: Ending) -> bool:
    async with parts.db.transaction() as tx:
        return await end_job(tx, ending, now=parts.clock()) is not None


async def _end_if_cancelled(tx: AsyncConnection, parts: Parts, job_id: UUID) -> bool:
    """End a job as cancelled whose cancelling was asked for while it ran."""
    asked = select(jobs.c.id).where(jobs.c.id == job_id, jobs.c.cancel_requested_at.is_not(None))
    if (await tx.execute(asked)).scalar_one_or_none() is None:
        return False
    return await end_job(tx, Ending(job_id, "cancelled"), now=parts.clock()) is not None


async def _discard(parts: Parts, keys: list[str]) -> None:
    """Delete files that no row names; those that stay are found by the sweep."""
    with suppress(LumikuError):
        await parts.storage.delete(keys)


def _values_of(made: Made) -> dict[str, object]:
    return {"output_type": made.media_type, "output_bytes": len(made.result), "metadata": dict(made.facts)}


def _reason(error: Exception) -> str:
    return error.cause if isinstance(error, OrderFailed) else type(error).__name__
