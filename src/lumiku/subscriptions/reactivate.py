"""Reactivating a cancelled subscription before its paid time is over."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.payments.lock import lock_payer
from lumiku.subscriptions.changes import Act, record_change, state_now
from lumiku.subscriptions.model import Subscription
from lumiku.subscriptions.repository import must_find_locked
from lumiku.subscriptions.selling import Selling
from lumiku.subscriptions.transitions import check


async def reactivate(tx: AsyncConnection, user_id: UUID, *, rules: Selling, now: datetime) -> Subscription:
    """Take a cancellation back; where there is none, nothing changes.

    Raises:
        NoSubscription: there is none.
        WrongState: it is not paid for any more, or not yet.
    """
    await lock_payer(tx, user_id)
    before = await must_find_locked(tx, user_id)
    state = state_now(before, rules.subscriptions, now)
    check("reactivate", state)
    if state == "active":
        return before
    after = replace(before, cancelled_at=None, cancel_reason="", invoiced_until=None)
    act = Act("reactivate", "owner", user_id)
    await record_change(tx, before, after, act, settings=rules.subscriptions, now=now)
    return after
