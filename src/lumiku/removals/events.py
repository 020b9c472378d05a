"""Telling listeners in other processes that a row has changed: ids only, for the rows are the truth."""

import json
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.removals.model import Job

CHANNEL: Final = "lumiku_removals"
_NOTIFY = text("SELECT pg_notify(:channel, said) FROM unnest(CAST(:payloads AS text[])) AS said")


async def announce(tx: AsyncConnection, *, user_id: UUID, job_id: UUID | None, batch_id: UUID | None) -> None:
    """Notify `CHANNEL` when `tx` commits: `{"user": ..., "job": ..., "batch": ...}`, each an id or null.

    PostgreSQL sends the same words said twice in one transaction once.
    """
    await _notify(tx, [_payload(user_id, job_id, batch_id)])


async def announce_jobs(tx: AsyncConnection, jobs: Sequence[Job]) -> None:
    """The same for each of these jobs, in one statement."""
    await _notify(tx, [_payload(job.user_id, job.id, job.batch_id) for job in jobs])


def _payload(user_id: UUID, job_id: UUID | None, batch_id: UUID | None) -> str:
    ids = {"user": user_id, "job": job_id, "batch": batch_id}
    return json.dumps({name: None if each is None else str(each) for name, each in ids.items()})


async def _notify(tx: AsyncConnection, payloads: Sequence[str]) -> None:
    await tx.execute(_NOTIFY, {"channel": CHANNEL, "payloads": list(payloads)})
