"""An event in the caller's transaction: a row for each endpoint that wants it, and a task for each row."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import any_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.ids import new_id
from lumiku.queue.enqueue import enqueue_many
from lumiku.queue.names import DELIVER_WEBHOOK
from lumiku.webhooks.events import EventType
from lumiku.webhooks.tables import webhook_deliveries as deliveries
from lumiku.webhooks.tables import webhook_endpoints as endpoints


async def publish(
    tx: AsyncConnection, user_id: UUID, event_type: EventType, payload: Mapping[str, object]
) -> int:
    """Tell the user's endpoints that something happened, once the transaction commits.

    Args:
        tx: the transaction in which it happens; where that rolls back, nobody is told.
        user_id: whose endpoints.
        event_type: what happened.
        payload: JSON, the event's `data`; the same for all endpoints.

    Returns:
        How many endpoints are told.
    """
    wanting = (
        select(endpoints.c.id)
        .where(
            endpoints.c.user_id == user_id,
            endpoints.c.disabled_at.is_(None),
            any_(endpoints.c.events) == event_type,
        )
        .with_for_update(read=True, key_share=True)  # none is deleted before its row refers to it
    )
    wanted_by = (await tx.execute(wanting)).scalars().all()
    await add_deliveries(tx, wanted_by, event_type, payload)
    return len(wanted_by)


async def add_deliveries(
    tx: AsyncConnection, endpoint_ids: Sequence[UUID], event_type: str, payload: Mapping[str, object]
) -> list[UUID]:
    """Rows of one event for these endpoints, and the tasks that send them; gives the rows' ids."""
    if not endpoint_ids:
        return []
    event_id, ids = new_id(), [new_id() for _ in endpoint_ids]
    numbers = await queue_deliveries(tx, ids)
    rows = [
        {"id": each, "endpoint_id": endpoint_id, "queue_job_id": number}
        for each, endpoint_id, number in zip(ids, endpoint_ids, numbers, strict=True)
    ]
    same = {"event_id": event_id, "event_type": event_type, "payload": payload, "next_at": func.now()}
    await tx.execute(insert(deliveries).values([row | same for row in rows]))
    return ids


async def queue_deliveries(
    tx: AsyncConnection, ids: Sequence[UUID], *, at: datetime | None = None, priority: int = 0
) -> list[int]:
    """Queue the sending of these rows, now or at that moment; gives the tasks' numbers for the rows."""
    arguments = [{"delivery_id": str(each)} for each in ids]
    return await enqueue_many(tx, DELIVER_WEBHOOK, arguments, priorities=[priority] * len(ids), at=at)


async def schedule_delivery(
    tx: AsyncConnection, delivery_id: UUID, at: datetime, *, priority: int = 0
) -> None:
    """Put a pending row off until that moment; the higher is sent first."""
    (number,) = await queue_deliveries(tx, [delivery_id], at=at, priority=priority)
    put_off = update(deliveries).where(deliveries.c.id == delivery_id)
    await tx.execute(put_off.values(next_at=at, queue_job_id=number, sending_until=None))
