"""Trying everything of a batch again that failed, or that was cancelled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import RowMapping, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.removals.errors import WrongState
from lumiku.removals.model import Job
from lumiku.removals.queue_again import queue_again
from lumiku.removals.read import find_batch
from lumiku.removals.settings import Rules
from lumiku.removals.tables import background_removal_jobs as jobs
from lumiku.storage.errors import FileExpired, FileMissing

_EXPIRED: Final = "the pictures of this batch are no longer kept; send them again"


@dataclass(frozen=True, slots=True)
class Retried:
    """What became of a wish to try a batch again.

    Attributes:
        jobs: that wait again, by their places.
        left: those that ended so and stay as they are, with the code that says why: their pictures are no
            longer kept (`FILE_EXPIRED`), or never came (`FILE_MISSING`).
    """

    jobs: Sequence[Job]
    left: Sequence[tuple[Job, str]]


async def retry_batch(
    tx: AsyncConnection,
    user_id: UUID,
    batch_id: UUID,
    *,
    rules: Rules,
    now: datetime,
    statuses: Sequence[str] = ("failed",),
) -> Retried:
    """Queue the jobs again that ended so and whose pictures are kept still: all of them, or none.

    Raises:
        NoSuchBatch: it is not this account's.
        WrongState: nothing of it ended so, or it never started.
        FileExpired: no picture of what ended so is kept.
        TierNotAllowed, QuotaExceeded, InsufficientCredits, QueueFull: as for `submit`.
    """
    batch = await find_batch(tx, user_id, batch_id, lock=True)
    expired = and_(jobs.c.status == "expired", jobs.c.result_key.is_(None))
    if "cancelled" not in statuses:
        expired = and_(expired, jobs.c.error_code.is_not(None))
    wanted = (
        select(jobs)
        .where(
            jobs.c.batch_id == batch_id,
            or_(jobs.c.status.in_(statuses), expired),
            jobs.c.deleted_at.is_(None),
        )
        .order_by(jobs.c.position)
        .with_for_update()
    )
    ended = (await tx.execute(wanted)).mappings().all()
    looked_at = [(row, _why_not(row)) for row in ended]
    left = [(Job.of(row), code) for row, code in looked_at if code is not None]
    kept = [row for row, code in looked_at if code is None]
    if not kept:
        if any(code == FileExpired.code for _, code in left):
            raise FileExpired(_EXPIRED)
        raise WrongState("nothing of this batch can be tried again", status=batch.status)
    return Retried(await queue_again(tx, kept, rules=rules, now=now), left)


def _why_not(row: RowMapping) -> str | None:
    if row["queued_at"] is None or row["source_key"] is None:
        return FileMissing.code
    if row["status"] == "expired" or row["source_expired_at"] is not None:
        return FileExpired.code
    return None
