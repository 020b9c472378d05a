"""Changing the plan: to a dearer one when the difference is paid, to another when the paid time ends."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.payments.lock import lock_payer
from lumiku.payments.model import Invoice, Order
from lumiku.subscriptions.changes import Act, record_change, state_now
from lumiku.subscriptions.errors import WrongState
from lumiku.subscriptions.lifecycle import is_dearer, plan_at, upgrade_price
from lumiku.subscriptions.model import Subscription
from lumiku.subscriptions.plans import offered_plan
from lumiku.subscriptions.repository import must_find_locked
from lumiku.subscriptions.selling import OF_MONTHS, Selling, bill, withdraw_bills
from lumiku.subscriptions.settings import PlanSettings
from lumiku.subscriptions.subscribe import SUSPENDED
from lumiku.subscriptions.transitions import check


async def change_plan(
    tx: AsyncConnection, user_id: UUID, plan: str, *, rules: Selling, now: datetime
) -> tuple[Subscription, Invoice | None]:
    """Ask for another plan.

    A dearer one costs the difference for what is left of the months that were paid for, and is in force when
    that is paid. Any other one follows when those months have ended. The present one again takes such a plan
    back.

    Args:
        tx: the caller's transaction; it takes the payer's lock.
        user_id: whose subscription.
        plan: one that is offered.
        rules: plans and payments.
        now: the time.

    Returns:
        The subscription, and the invoice of a dearer plan.

    Raises:
        NoSuchPlan: it is not offered.
        NoSubscription: there is none.
        WrongState: no plan is in force that could be changed.
        TooManyInvoices: the account has too many unpaid ones.
    """
    settings, wanted = rules.subscriptions, offered_plan(plan, rules.subscriptions)
    await lock_payer(tx, user_id)
    before = await must_find_locked(tx, user_id)
    state = state_now(before, settings, now)
    if before.suspended_at is not None:
        raise WrongState(SUSPENDED, reason="SUSPENDED", status=state)
    if plan == plan_at(before, now):
        check("keep_plan", state)
        return await _follow_with(tx, before, None, rules, now), None
    if is_dearer(before, wanted.price_idr, now) or state == "cancelled":
        check("upgrade", state)
        return await _offer_upgrade(tx, before, (plan, wanted), rules, now)
    check("downgrade", state)
    return await _follow_with(tx, before, plan, rules, now), None


async def _offer_upgrade(
    tx: AsyncConnection,
    before: Subscription,
    to: tuple[str, PlanSettings],
    rules: Selling,
    now: datetime,
) -> tuple[Subscription, Invoice]:
    (plan, wanted), until = to, before.paid_until
    if until is None or not is_dearer(before, wanted.price_idr, now):
        raise WrongState(
            "this plan is cancelled, so no cheaper one can follow; reactivate it first",
            reason="PLAN_CANCELLED",
        )
    order = Order(
        "upgrade",
        plan,
        f"Upgrade to the {plan.capitalize()} plan until {until:%Y-%m-%d}",
        upgrade_price(before, wanted.price_idr, now),
        detail={"from": plan_at(before, now), "until": until.isoformat(), "value_idr": wanted.price_idr},
    )
    billed = await bill(tx, before.user_id, order, rules=rules, now=now)
    if billed.is_new:
        act = Act("upgrade", "owner", before.user_id, billed.invoice.id, {"to": plan})
        await record_change(tx, before, before, act, settings=rules.subscriptions, now=now)
    return before, billed.invoice


async def _follow_with(
    tx: AsyncConnection, before: Subscription, plan: str | None, rules: Selling, now: datetime
) -> Subscription:
    """The plan of the next month; its invoice, if there is one of another plan already, is made anew."""
    if before.next_plan == plan:
        return before
    await withdraw_bills(tx, before.user_id, OF_MONTHS, now)
    after = replace(before, next_plan=plan, invoiced_until=None)
    act = Act("keep_plan" if plan is None else "downgrade", "owner", before.user_id, detail={"to": plan})
    await record_change(tx, before, after, act, settings=rules.subscriptions, now=now)
    return after
