"""Telling listeners in other processes that a row has changed: ids only, for the rows are the truth."""

import json
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

CHANNEL: Final = "lumiku_removals"


async def announce(tx: AsyncConnection, *, user_id: UUID, job_id: UUID | None, batch_id: UUID | None) -> None:
    """Notify `CHANNEL` when `tx` commits: `{"user": ..., "job": ..., "batch": ...}`, each an id or null.

    PostgreSQL sends the same words said twice in one transaction once.
    """
    ids = {"user": user_id, "job": job_id, "batch": batch_id}
    payload = json.dumps({name: None if each is None else str(each) for name, each in ids.items()})
    await tx.execute(select(func.pg_notify(CHANNEL, payload)))
