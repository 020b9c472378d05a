"""The hourly look: invoices of the months that come next, and word to those whose plan has ended.

Nothing depends on it but that: states follow from the time, whether anybody looks or not.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.db import Database
from lumiku.payments.errors import TooManyInvoices
from lumiku.payments.lock import lock_payer
from lumiku.subscriptions.changes import Act, record_change, state_now, store
from lumiku.subscriptions.model import Subscription
from lumiku.subscriptions.repository import find_locked
from lumiku.subscriptions.selling import Selling, bill
from lumiku.subscriptions.subscribe import month_order
from lumiku.subscriptions.tables import background_remover_subscriptions as subscriptions

_AT_ONCE: Final = 500


@dataclass(frozen=True)
class LookedAfter:
    """What one look did: invoices made, and states that time had changed."""

    invoiced: int = 0
    changed: int = 0


async def look_after(db: Database, *, rules: Selling, now: datetime) -> LookedAfter:
    """Look at all subscriptions whose time has come, a transaction each; looked at twice, it is done once."""
    invoiced = changed = 0
    last = UUID(int=0)
    while True:
        query = (
            select(subscriptions.c.id, subscriptions.c.user_id)
            .where(subscriptions.c.due_at <= now, subscriptions.c.id > last)
            .order_by(subscriptions.c.id)
            .limit(_AT_ONCE)
        )
        async with db.transaction() as tx:
            due = (await tx.execute(query)).all()
        for row in due:
            async with db.transaction() as tx:
                done = await _look_at(tx, row.user_id, rules, now)
            invoiced, changed = invoiced + done.invoiced, changed + done.changed
        if len(due) < _AT_ONCE:
            return LookedAfter(invoiced, changed)
        last = due[-1].id


async def _look_at(tx: AsyncConnection, user_id: UUID, rules: Selling, now: datetime) -> LookedAfter:
    settings = rules.subscriptions
    await lock_payer(tx, user_id)
    before = await find_locked(tx, user_id)
    if before is None:
        return LookedAfter()
    state = state_now(before, settings, now)
    if state != before.told_state:
        await record_change(tx, before, before, Act("time", "time"), settings=settings, now=now)
        return LookedAfter(changed=1)
    ahead, end = timedelta(days=settings.renew_ahead_days), before.paid_until
    wants_invoice = state == "active" and before.suspended_at is None and before.invoiced_until != end
    if end is None or not wants_invoice or now < end - ahead:
        await store(tx, before, before, settings=settings, now=now)
        return LookedAfter()
    return LookedAfter(invoiced=await _invoice(tx, before, end, rules, now))


async def _invoice(
    tx: AsyncConnection, before: Subscription, end: datetime, rules: Selling, now: datetime
) -> int:
    """The invoice of the month after `end`, payable until the grace is over; none of a plan that is gone."""
    settings = rules.subscriptions
    plan = before.next_plan or before.periods[-1].plan
    after = replace(before, invoiced_until=end)
    sold = settings.plans.get(plan)
    usual = now + timedelta(seconds=rules.payments.expire_after_s)
    latest = max(end + timedelta(days=settings.grace_days), usual)
    billed = None
    if sold is not None:
        order = month_order(plan, sold.price_idr)
        with suppress(TooManyInvoices):
            billed = await bill(tx, before.user_id, order, rules=rules, now=now, expires_at=latest)
    if billed is None:
        await store(tx, before, after, settings=settings, now=now)
        return 0
    act = Act("invoice", "time", invoice_id=billed.invoice.id, detail={"plan": plan})
    await record_change(tx, before, after, act, settings=settings, now=now)
    return 1
