"""The mail that says that a batch has ended: queued when it does, and put together when it is sent."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.db import Database
from lumiku.queue.enqueue import enqueue
from lumiku.queue.names import SEND_MAIL
from lumiku.removals.tables import background_removal_batches as batches

BATCH_MAIL = "batch_ended"
_TOLD: Final = ("completed", "partial", "failed")


@dataclass(frozen=True)
class Report:
    """What the mail tells of a batch."""

    created_at: datetime
    total_images: int
    processed_images: int
    failed_images: int


async def queue_report(tx: AsyncConnection, batch: RowMapping) -> None:
    """Queue it by ids alone. Its key is the batch: after a mail was sent, trying again sends no other."""
    facts = {"user_id": str(batch["user_id"]), "batch_id": str(batch["id"])}
    await enqueue(tx, SEND_MAIL, {"key": f"{BATCH_MAIL}/{batch['id']}", "kind": BATCH_MAIL, **facts})


async def find_report(db: Database, batch_id: UUID) -> Report | None:
    """None where the batch is no longer there, or runs again: its next end queues a mail of its own."""
    found = select(
        batches.c.created_at, batches.c.total_images, batches.c.processed_images, batches.c.failed_images
    ).where(batches.c.id == batch_id, batches.c.deleted_at.is_(None), batches.c.status.in_(_TOLD))
    async with db.transaction() as tx:
        row = (await tx.execute(found)).mappings().one_or_none()
    return None if row is None else Report(**row)
