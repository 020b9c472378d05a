"""What comes of a try: the delivery ends or is tried again, and its endpoint is well, failing or disabled."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.webhooks.disable import disable
from lumiku.webhooks.events import TEST_EVENT
from lumiku.webhooks.model import Delivery, Endpoint, FailureReason, endpoint_of
from lumiku.webhooks.publish import schedule_delivery
from lumiku.webhooks.settings import WebhooksSettings
from lumiku.webhooks.tables import webhook_deliveries as deliveries
from lumiku.webhooks.tables import webhook_endpoints as endpoints

# Waits after the first failed try, the second, and so on: three days and some hours in all.
WAITS_S: Final = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
_LONGEST_ASKED_S: Final = 86_400.0
_GONE: Final = 410


@dataclass(frozen=True)
class Outcome:
    """Of one try.

    Attributes:
        status: of HTTP; None: there was no answer.
        error: why it has not arrived, for the owner; None: it has.
        reason: the same, for programs.
        retry_after_s: how long the other side asks us to wait.
    """

    status: int | None
    error: str | None
    reason: FailureReason | None = None
    retry_after_s: float = 0.0


async def settle(
    tx: AsyncConnection, settings: WebhooksSettings, delivery: Delivery, outcome: Outcome, *, now: datetime
) -> bool:
    """Write it down; False where the delivery has ended meanwhile, or another worker has it.

    Args:
        tx: the caller's transaction.
        settings: when an endpoint is disabled.
        delivery: as it was when this try began.
        outcome: of the try.
        now: aware.
    """
    locked = select(endpoints).where(endpoints.c.id == delivery.endpoint_id).with_for_update(key_share=True)
    found = (await tx.execute(locked)).mappings().one_or_none()
    if found is None:
        return False
    wait_s = None if outcome.status == _GONE else _wait_s(delivery, outcome)
    values = {
        "last_status": outcome.status,
        "last_error": outcome.error,
        "last_reason": outcome.reason,
        "sending_until": None,
    }
    if outcome.error is None or wait_s is None:
        values |= {"status": "failed" if outcome.error else "succeeded", "next_at": None}
    mine = (
        deliveries.c.id == delivery.id,
        deliveries.c.status == "pending",
        deliveries.c.attempts == delivery.attempts,
        deliveries.c.attempted_at == delivery.attempted_at,
    )
    written = update(deliveries).where(*mine).values(values).returning(deliveries.c.status)
    status = (await tx.execute(written)).scalar_one_or_none()
    if status is None:
        return False
    if status == "pending" and wait_s is not None:
        await schedule_delivery(tx, delivery.id, now + timedelta(seconds=wait_s))
    if outcome.error is None:
        await _note_arrival(tx, endpoint_of(found))
    elif outcome.status == _GONE:
        await disable(tx, endpoint_of(found), "gone", now=now)
    elif delivery.event_type != TEST_EVENT:
        await _note_failure(tx, endpoint_of(found), settings, now)
    return True


def _wait_s(delivery: Delivery, outcome: Outcome) -> float | None:
    """Seconds until the next try; None: that was the last one."""
    if delivery.event_type == TEST_EVENT or delivery.attempts > len(WAITS_S):
        return None
    wait_s = WAITS_S[delivery.attempts - 1] * random.uniform(1, 1.1)  # noqa: S311  not a secret
    return max(wait_s, min(outcome.retry_after_s, _LONGEST_ASKED_S))


async def _note_arrival(tx: AsyncConnection, endpoint: Endpoint) -> None:
    if endpoint.failing_since is not None:
        await _set_failing_since(tx, endpoint, None)


async def _note_failure(
    tx: AsyncConnection, endpoint: Endpoint, settings: WebhooksSettings, now: datetime
) -> None:
    if endpoint.failing_since is None:
        await _set_failing_since(tx, endpoint, now)
    elif now - endpoint.failing_since >= timedelta(seconds=settings.disable_after_s):
        await disable(tx, endpoint, "failing", now=now)


async def _set_failing_since(tx: AsyncConnection, endpoint: Endpoint, moment: datetime | None) -> None:
    await tx.execute(update(endpoints).where(endpoints.c.id == endpoint.id).values(failing_since=moment))
