"""Cancelling: what was paid for stays usable until its end; what waits to be paid is withdrawn."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.payments.lock import lock_payer
from lumiku.subscriptions.changes import Act, record_change, state_now
from lumiku.subscriptions.model import Subscription
from lumiku.subscriptions.repository import must_find_locked
from lumiku.subscriptions.selling import OURS, Selling, withdraw_bills
from lumiku.subscriptions.transitions import check


async def cancel(
    tx: AsyncConnection, user_id: UUID, *, reason: str = "", rules: Selling, now: datetime
) -> Subscription:
    """Cancel a subscription; again changes nothing.

    Args:
        tx: the caller's transaction; it takes the payer's lock.
        user_id: whose.
        reason: the owner's, at most 500 characters; may be empty.
        rules: plans and payments.
        now: the time.

    Raises:
        NoSubscription: there is none.
        WrongState: it has expired.
    """
    await lock_payer(tx, user_id)
    before = await must_find_locked(tx, user_id)
    state = state_now(before, rules.subscriptions, now)
    check("cancel", state)
    if state == "cancelled":
        return before
    await withdraw_bills(tx, user_id, OURS, now)
    after = replace(before, cancelled_at=now, cancel_reason=reason, pending_until=None)
    act = Act("cancel", "owner", user_id)
    await record_change(tx, before, after, act, settings=rules.subscriptions, now=now)
    return after
