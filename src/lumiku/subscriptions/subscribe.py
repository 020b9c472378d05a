"""Subscribing, and paying for another month: an invoice is made; only its payment gives anything."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.ids import new_id
from lumiku.payments.lock import lock_payer
from lumiku.payments.model import Invoice, Order
from lumiku.subscriptions.changes import Act, record_change, state_now
from lumiku.subscriptions.errors import WrongState
from lumiku.subscriptions.model import Subscription
from lumiku.subscriptions.plans import offered_plan
from lumiku.subscriptions.repository import begin
from lumiku.subscriptions.selling import Selling, bill
from lumiku.subscriptions.transitions import check

SUSPENDED = "an administrator has suspended this subscription"


async def subscribe(
    tx: AsyncConnection, user_id: UUID, plan: str, *, rules: Selling, now: datetime
) -> tuple[Subscription, Invoice]:
    """Make the invoice of a month, or give the one that waits to be paid already.

    Without a plan in force the month begins when it is paid. Else it follows the last one that was paid for,
    so paying early or in grace loses no day.

    Args:
        tx: the caller's transaction; it takes the payer's lock.
        user_id: who subscribes.
        plan: one that is offered.
        rules: plans and payments.
        now: the time.

    Returns:
        The subscription, as it was but for what waits, and the invoice.

    Raises:
        NoSuchPlan: it is not offered.
        WrongState: another plan is in force, or an administrator has suspended it.
        TooManyInvoices: the account has too many unpaid ones.
    """
    settings, sold = rules.subscriptions, offered_plan(plan, rules.subscriptions)
    await lock_payer(tx, user_id)
    fresh = Subscription(new_id(), user_id, plan, now, zone=settings.zone)
    before, is_new = await begin(tx, fresh)
    state = state_now(before, settings, now)
    check("subscribe", "none" if is_new else state)
    if before.suspended_at is not None:
        raise WrongState(SUSPENDED, reason="SUSPENDED", status=state)
    if state in {"active", "cancelled"} and plan not in {before.periods[-1].plan, before.next_plan}:
        raise WrongState(
            "another plan is in force; change it instead of subscribing", reason="OTHER_PLAN", status=state
        )
    billed = await bill(tx, user_id, month_order(plan, sold.price_idr), rules=rules, now=now)
    after = before
    if state in {"pending_payment", "expired"}:
        after = replace(before, plan=plan, pending_until=billed.invoice.expires_at)
    if billed.is_new or after != before:
        act = Act("subscribe", "owner", user_id, billed.invoice.id)
        await record_change(tx, before, after, act, settings=settings, now=now, is_new=is_new)
    return after, billed.invoice


def month_order(plan: str, price_idr: int) -> Order:
    """What a month of a plan is on an invoice."""
    return Order("plan", plan, f"{plan.capitalize()} plan, one month", price_idr)
