"""An event in the caller's transaction: a row for each endpoint that wants it, and a task for each row."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import any_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.ids import new_id
from lumiku.queue.enqueue import enqueue_many
from lumiku.queue.names import DELIVER_WEBHOOK
from lumiku.webhooks.disable import DISABLED
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
        How many endpoints are told. Others, that were not disabled by their owner, miss it: that is written
        down, so that it can be sent once they are enabled.
    """
    wanting = (
        select(endpoints.c.id, endpoints.c.disabled_at)
        .where(
            endpoints.c.user_id == user_id,
            endpoints.c.disabled_reason.is_distinct_from("owner"),
            any_(endpoints.c.events) == event_type,
        )
        .with_for_update(read=True, key_share=True)  # none is deleted before its row refers to it
    )
    found = (await tx.execute(wanting)).all()
    wanted_by = [endpoint_id for endpoint_id, disabled_at in found if disabled_at is None]
    missed_by = [endpoint_id for endpoint_id, disabled_at in found if disabled_at is not None]
    await add_deliveries(tx, wanted_by, event_type, payload, missed_by=missed_by)
    return len(wanted_by)


async def add_deliveries(
    tx: AsyncConnection,
    endpoint_ids: Sequence[UUID],
    event_type: str,
    payload: Mapping[str, object],
    *,
    missed_by: Sequence[UUID] = (),
) -> list[UUID]:
    """Rows of one event for these endpoints, and the tasks that send them; gives the ids of those rows.

    `missed_by` are endpoints that are disabled: their rows have failed.
    """
    if not endpoint_ids and not missed_by:
        return []
    ids = [new_id() for _ in endpoint_ids]
    numbers = await queue_deliveries(tx, ids)
    due = {"status": "pending", "next_at": func.now(), "last_error": None, "last_reason": None}
    over = {"status": "failed", "next_at": None, "last_error": DISABLED, "last_reason": "disabled"}
    rows: list[dict[str, object]] = [
        {"id": each, "endpoint_id": endpoint_id, "queue_job_id": number, **due}
        for each, endpoint_id, number in zip(ids, endpoint_ids, numbers, strict=True)
    ]
    rows += [
        {"id": new_id(), "endpoint_id": endpoint_id, "queue_job_id": None, **over}
        for endpoint_id in missed_by
    ]
    same = {"event_id": new_id(), "event_type": event_type, "payload": payload}
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
