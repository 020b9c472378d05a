"""What the schedule does for webhooks: find lost deliveries, and forget old ones."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, text, update

from lumiku.core.db import Database
from lumiku.webhooks.publish import queue_deliveries
from lumiku.webhooks.settings import WebhooksSettings
from lumiku.webhooks.tables import webhook_deliveries as deliveries

_PATIENCE: Final = timedelta(minutes=1)

_LOST = text("""
    SELECT delivery.id FROM webhook_deliveries AS delivery
    WHERE delivery.status = 'pending' AND delivery.next_at < :before
      AND (delivery.sending_until IS NULL OR delivery.sending_until < :now)
      AND NOT EXISTS (
        SELECT FROM procrastinate_jobs AS queued
        WHERE queued.id = delivery.queue_job_id AND queued.status IN ('todo', 'doing'))
    ORDER BY delivery.next_at LIMIT 1000 FOR UPDATE OF delivery SKIP LOCKED
""")


async def requeue_lost(db: Database, *, now: datetime) -> int:
    """Queue again what is due and has no task: its worker died while it sent. Gives how many."""
    async with db.transaction() as tx:
        lost = (await tx.execute(_LOST, {"before": now - _PATIENCE, "now": now})).scalars().all()
        numbers = await queue_deliveries(tx, lost)
        for delivery_id, number in zip(lost, numbers, strict=True):
            await tx.execute(
                update(deliveries).where(deliveries.c.id == delivery_id).values(queue_job_id=number)
            )
    return len(lost)


async def forget_old(db: Database, settings: WebhooksSettings, *, now: datetime) -> int:
    """Delete deliveries that ended long ago; gives how many."""
    old = deliveries.c.created_at < now - timedelta(seconds=settings.keep_s)
    async with db.transaction() as tx:
        return (await tx.execute(delete(deliveries).where(old, deliveries.c.status != "pending"))).rowcount
