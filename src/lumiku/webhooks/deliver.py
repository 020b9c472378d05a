"""The sending of one delivery, once: claim it, post it, and write down what came of it.

The delivery's row is the truth, and the queue only says when to look at it: a task that comes twice, too
early or too late finds nothing to do. What a worker died with is sent again when its time is over, under the
same `webhook-id`, by which receivers know it.
"""

import json
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import RowMapping, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.clock import Clock
from lumiku.core.db import Database
from lumiku.core.secrets import Secrets
from lumiku.intake.address import Resolver, resolve
from lumiku.intake.errors import SourceRefused
from lumiku.webhooks.errors import NoAnswer
from lumiku.webhooks.model import Delivery, Endpoint, delivery_of, endpoint_of
from lumiku.webhooks.post import Answer, post
from lumiku.webhooks.publish import schedule_delivery
from lumiku.webhooks.settings import WebhooksSettings
from lumiku.webhooks.settle import Outcome, settle
from lumiku.webhooks.sign import sign, signing_secrets
from lumiku.webhooks.tables import webhook_deliveries as deliveries
from lumiku.webhooks.tables import webhook_endpoints as endpoints

# Sendings to all endpoints of an account at once, for all may be slow; to one that fails, a single one.
_AT_ONCE: Final = 8
_AT_ONCE_FAILING: Final = 1
_LONGEST_PUT_OFF_S: Final = 600.0
_LOCK_ACCOUNT: Final = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('sendings:' || CAST(:user_id AS text), 0))"
)
_BEHIND_OTHERS: Final = -1
_SETTLE: Final = timedelta(seconds=15)  # beyond the time for sending, to write down what came of it
_CLOCKS_DIFFER: Final = timedelta(seconds=2)

_log = structlog.get_logger("lumiku.webhooks")


@dataclass(frozen=True)
class Parts:
    """What sending needs.

    Attributes:
        resolver: looks up a host's name within so many seconds.
    """

    db: Database
    settings: WebhooksSettings
    secrets: Secrets
    clock: Clock
    resolver: Resolver = resolve


async def deliver(parts: Parts, delivery_id: UUID) -> bool:
    """Try it once, if it is due; gives whether it has arrived now."""
    claimed = await _claim(parts, delivery_id)
    if claimed is None:
        return False
    delivery, endpoint = claimed
    outcome = await _try(parts, delivery, endpoint)
    async with parts.db.transaction() as tx:
        await settle(tx, parts.settings, delivery, outcome, now=parts.clock())
    facts = {"delivery": str(delivery.id), "status": outcome.status, "reason": outcome.error}
    _log.info("webhook sent", **facts, attempt=delivery.attempts)
    return outcome.error is None


def body_of(delivery: Delivery) -> bytes:
    """What is posted: the same bytes in every try."""
    message = {
        "type": delivery.event_type,
        "timestamp": delivery.created_at.isoformat().replace("+00:00", "Z"),
        "data": delivery.payload,
    }
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


async def _claim(parts: Parts, delivery_id: UUID) -> tuple[Delivery, Endpoint] | None:
    """Begin a try. None: it has ended, is not due, is being sent, or its account has enough under way."""
    now = parts.clock()
    async with parts.db.transaction() as tx:
        # The endpoint's row first: who counts its sendings has to be the only one.
        endpoint_id = select(deliveries.c.endpoint_id).where(deliveries.c.id == delivery_id).scalar_subquery()
        locked = select(endpoints).where(endpoints.c.id == endpoint_id).with_for_update(key_share=True)
        found = (await tx.execute(locked)).mappings().one_or_none()
        if found is None:
            return None
        endpoint = endpoint_of(found)
        read = select(deliveries).where(deliveries.c.id == delivery_id)
        row = (await tx.execute(read)).mappings().one_or_none()
        if row is None or not _is_due(row, now):
            return None
        if await _is_busy(tx, endpoint, now):
            await _put_off(tx, row, endpoint, now)
            return None
        begun = (
            update(deliveries)
            .where(deliveries.c.id == delivery_id)
            .values(
                attempts=deliveries.c.attempts + 1,
                attempted_at=now,
                sending_until=now + timedelta(seconds=parts.settings.timeout_s) + _SETTLE,
            )
            .returning(deliveries)
        )
        return delivery_of((await tx.execute(begun)).mappings().one()), endpoint


def _is_due(row: RowMapping, now: datetime) -> bool:
    if row["status"] != "pending" or row["next_at"] > now + _CLOCKS_DIFFER:
        return False
    return row["sending_until"] is None or row["sending_until"] <= now


async def _is_busy(tx: AsyncConnection, endpoint: Endpoint, now: datetime) -> bool:
    """Whether enough is sent to its account, or to it where it fails; nobody else counts until the end."""
    await tx.execute(_LOCK_ACCOUNT, {"user_id": endpoint.user_id})
    of_this = func.count().filter(deliveries.c.endpoint_id == endpoint.id)
    under_way = (
        select(func.count(), of_this)
        .select_from(deliveries.join(endpoints))
        .where(endpoints.c.user_id == endpoint.user_id, deliveries.c.sending_until > now)
    )
    to_account, to_this = (await tx.execute(under_way)).one()
    is_failing = endpoint.failing_since is not None
    return to_account >= _AT_ONCE or (is_failing and to_this >= _AT_ONCE_FAILING)


async def _put_off(tx: AsyncConnection, row: RowMapping, endpoint: Endpoint, now: datetime) -> None:
    """Later, at a random moment, so that those who wait do not come all at once, and behind all others.

    What has waited for long waits as long again: thousands that wait do not keep the queue busy.
    """
    if endpoint.failing_since is None:
        waited_s = (now - max(row["created_at"], row["attempted_at"] or row["created_at"])).total_seconds()
        wait_s = max(random.uniform(5, 30), random.uniform(0.5, 1) * waited_s)  # noqa: S311
        wait_s = min(wait_s, _LONGEST_PUT_OFF_S)
    else:
        wait_s = random.uniform(300, 600)  # noqa: S311
    await schedule_delivery(tx, row["id"], now + timedelta(seconds=wait_s), priority=_BEHIND_OTHERS)


async def _try(parts: Parts, delivery: Delivery, endpoint: Endpoint) -> Outcome:
    now = parts.clock()
    body, timestamp = body_of(delivery), int(now.timestamp())
    secrets = signing_secrets(parts.secrets, endpoint, now=now)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Lumiku-Webhooks",
        "webhook-id": delivery.message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(secrets, delivery.message_id, timestamp, body),
    }
    try:
        answer = await post(endpoint.url, headers, body, settings=parts.settings, resolver=parts.resolver)
    except NoAnswer as error:
        return Outcome(None, error.message, error.why)
    except SourceRefused as error:
        return Outcome(None, error.message, "bad_address")
    except Exception:  # else it would never be settled, and be posted for ever without a pause
        _log.exception("webhook not understood", delivery=str(delivery.id))
        return Outcome(None, "The other side's answer could not be understood.", "unclear")
    return _outcome_of(answer)


def _outcome_of(answer: Answer) -> Outcome:
    if 200 <= answer.status < 300:
        return Outcome(answer.status, None)
    if 300 <= answer.status < 400:
        return Outcome(answer.status, "The other side redirects, which is not followed.", "redirect")
    message = f"The other side answered with status {answer.status}."
    return Outcome(answer.status, message, "refused", answer.retry_after_s or 0)
