"""One change of a subscription as it is kept: the row, its months, the audit trail and the mail, together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.errors import InternalError
from lumiku.core.ids import new_id
from lumiku.queue.enqueue import enqueue
from lumiku.queue.names import SEND_MAIL
from lumiku.subscriptions.lifecycle import Times, next_change_at, state_at
from lumiku.subscriptions.model import Subscription
from lumiku.subscriptions.repository import Kept, keep
from lumiku.subscriptions.settings import SubscriptionsSettings
from lumiku.subscriptions.tables import background_remover_subscription_events as events
from lumiku.subscriptions.transitions import TRANSITIONS, Before, Event

SUBSCRIPTION_MAIL: Final = "subscription"


@dataclass(frozen=True, slots=True)
class Act:
    """What happens, and who makes it happen.

    Attributes:
        event: of the table.
        done_by: its owner, an operator, a verified payment, or time alone.
        actor_id: the person; None: the command line, a gateway or the schedule.
        invoice_id: that it is about.
        detail: facts for the trail; no secret, for it outlives the account.
    """

    event: Event
    done_by: Literal["owner", "operator", "payment", "time"]
    actor_id: UUID | None = None
    invoice_id: UUID | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


def times_of(settings: SubscriptionsSettings) -> Times:
    """What of the settings the state depends on."""
    return Times(settings.zone, timedelta(days=settings.grace_days))


def state_now(subscription: Subscription, settings: SubscriptionsSettings, now: datetime) -> Before:
    """The state at this moment."""
    return state_at(subscription, now, timedelta(days=settings.grace_days))


async def record_change(
    tx: AsyncConnection,
    before: Subscription,
    after: Subscription,
    act: Act,
    *,
    settings: SubscriptionsSettings,
    now: datetime,
    is_new: bool = False,
) -> None:
    """Keep a change, add it to the trail, and queue its mail.

    Args:
        tx: the caller's transaction, which has locked the subscription.
        before: as it was locked.
        after: as it is to be.
        act: what happened.
        settings: of subscriptions.
        now: the time.
        is_new: there was none before.

    Raises:
        InternalError: the table of states does not allow this; nothing may be committed.
    """
    was: Before = "none" if is_new else state_now(before, settings, now)
    if act.event == "time":
        was = before.told_state
    times = times_of(settings)
    becomes = state_at(after, now, times.grace)
    if becomes not in TRANSITIONS[act.event].get(was, ()):
        raise InternalError(f"{act.event} makes {becomes} of {was}, which the table does not allow")
    await store(tx, before, after, settings=settings, now=now)
    event_id = new_id()
    row = {
        "id": event_id,
        "subscription_id": after.id,
        "event": act.event,
        "status_before": was,
        "status_after": becomes,
        "plan": after.plan,
        "done_by": act.done_by,
        "actor_id": act.actor_id,
        "invoice_id": act.invoice_id,
        "detail": dict(act.detail),
        "happened_at": now,
    }
    await tx.execute(insert(events).values(row))
    facts = {"user_id": str(after.user_id), "event_id": str(event_id)}
    key = f"{SUBSCRIPTION_MAIL}/{event_id}"
    await enqueue(tx, SEND_MAIL, {"key": key, "kind": SUBSCRIPTION_MAIL, **facts})


async def store(
    tx: AsyncConnection,
    before: Subscription,
    after: Subscription,
    *,
    settings: SubscriptionsSettings,
    now: datetime,
) -> None:
    """Keep a subscription without a line in the trail: nothing happened that anybody would ask about."""
    ahead = timedelta(days=settings.renew_ahead_days)
    times = times_of(settings)
    due_at = next_change_at(after, now, times, ahead)
    await keep(tx, before, after, Kept(state_at(after, now, times.grace), due_at), now)
