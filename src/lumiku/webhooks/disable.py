"""An endpoint that nothing is sent to any more."""

from datetime import datetime
from typing import Final

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.ids import new_id
from lumiku.queue.enqueue import enqueue
from lumiku.queue.names import SEND_MAIL
from lumiku.webhooks.model import DisabledReason, Endpoint
from lumiku.webhooks.tables import webhook_deliveries as deliveries
from lumiku.webhooks.tables import webhook_endpoints as endpoints

DISABLED: Final = "The endpoint was disabled."


async def disable(tx: AsyncConnection, endpoint: Endpoint, reason: DisabledReason, *, now: datetime) -> None:
    """Disable it, end what waits for it, and tell its owner by mail unless it was the owner who did it.

    Does nothing where it is disabled already. The caller holds the lock on its row.
    """
    disabled = (
        update(endpoints)
        .where(endpoints.c.id == endpoint.id, endpoints.c.disabled_at.is_(None))
        .values(disabled_at=now, disabled_reason=reason)
        .returning(endpoints.c.id)
    )
    if (await tx.execute(disabled)).one_or_none() is None:
        return
    waiting = deliveries.c.endpoint_id == endpoint.id, deliveries.c.status == "pending"
    ended = {
        "status": "failed",
        "next_at": None,
        "sending_until": None,
        "last_error": DISABLED,
        "last_reason": "disabled",
    }
    await tx.execute(update(deliveries).where(*waiting).values(ended))
    if reason != "owner":
        facts = {"key": str(new_id()), "kind": "webhook_disabled", "user_id": str(endpoint.user_id)}
        await enqueue(tx, SEND_MAIL, facts)
