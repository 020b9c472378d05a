"""What those who run the server do to a subscription: give and take months, suspend, resume; all audited."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.accounts.audit import record
from lumiku.accounts.repository import find_user
from lumiku.core.errors import InvalidInput
from lumiku.core.ids import new_id
from lumiku.payments.lock import lock_payer
from lumiku.subscriptions.changes import Act, record_change, state_now, times_of
from lumiku.subscriptions.errors import NoSuchPlan, NothingGiven
from lumiku.subscriptions.lifecycle import Month, add_month, remove_given
from lumiku.subscriptions.model import Subscription
from lumiku.subscriptions.repository import begin, must_find_locked
from lumiku.subscriptions.selling import OURS, Selling, withdraw_bills
from lumiku.subscriptions.transitions import Event, check

MAX_MONTHS: Final = 36


@dataclass(frozen=True)
class Decision:
    """Who decided, and why.

    Attributes:
        actor_id: the administrator; None: the command line.
        reason: for the records; may not be empty.
    """

    actor_id: UUID | None
    reason: str

    def __post_init__(self) -> None:
        if not self.reason.strip() or len(self.reason) > 500:
            raise InvalidInput("a reason of 1 to 500 characters is required", field="reason")


async def grant_plan(
    tx: AsyncConnection,
    user_id: UUID,
    plan: str,
    months: int,
    decision: Decision,
    *,
    rules: Selling,
    now: datetime,
) -> Subscription:
    """Give months of a plan without a payment; they follow those that were paid for.

    Args:
        tx: the caller's transaction; it takes the payer's lock.
        user_id: who gets them.
        plan: any of the settings, also one that is no longer offered.
        months: 1 to 36.
        decision: whose, and why.
        rules: plans and payments.
        now: the time.

    Raises:
        UserNotFound: there is no such account.
        NoSuchPlan: there is no such plan.
        InvalidInput: too few or too many months.
    """
    settings = rules.subscriptions
    if plan not in settings.plans:
        raise NoSuchPlan(settings.plans)
    if not 1 <= months <= MAX_MONTHS:
        raise InvalidInput(f"months must be from 1 to {MAX_MONTHS}", field="months")
    await find_user(tx, user_id)
    await lock_payer(tx, user_id)
    before, is_new = await begin(tx, Subscription(new_id(), user_id, plan, now, zone=settings.zone))
    after = before
    for _ in range(months):
        month = Month(plan, settings.plans[plan].price_idr)
        after = add_month(after, month, now, times_of(settings), new_id)
    told = {"plan": plan, "months": months, "reason": decision.reason}
    act = Act("grant", "operator", decision.actor_id, detail=told)
    await record_change(tx, before, after, act, settings=settings, now=now, is_new=is_new)
    await record(
        tx, "subscription.granted", actor_id=decision.actor_id, subject_id=user_id, plan=plan, months=months
    )
    return after


async def revoke(
    tx: AsyncConnection, user_id: UUID, decision: Decision, *, rules: Selling, now: datetime
) -> Subscription:
    """Take back what is left of the months that were given; what was paid for stays, and moves up.

    Args:
        tx: the caller's transaction; it takes the payer's lock.
        user_id: whose.
        decision: whose, and why.
        rules: plans and payments.
        now: the time.

    Raises:
        NoSubscription: there is none.
        WrongState: it has ended, or was never paid.
        NothingGiven: all that is left was paid for.
        UpgradeFirst: a given month was upgraded with money, which is refunded before.
    """

    def revoked(before: Subscription) -> Subscription:
        after = remove_given(before, now, rules.subscriptions.zone)
        if after is before:
            raise NothingGiven
        return after

    await lock_payer(tx, user_id)
    return await _decide(tx, user_id, ("revoke", revoked), decision, rules=rules, now=now)


async def suspend(
    tx: AsyncConnection, user_id: UUID, decision: Decision, *, rules: Selling, now: datetime
) -> Subscription:
    """Let nothing be used until `resume`; paid time runs on. Again changes nothing.

    What waits to be paid is withdrawn, so a first month that was only asked for is not waited for any more.

    Raises:
        NoSubscription: there is none.
    """

    def suspended(before: Subscription) -> Subscription:
        if before.suspended_at is not None:
            return before
        return replace(before, suspended_at=now, suspend_reason=decision.reason, pending_until=None)

    await lock_payer(tx, user_id)
    await withdraw_bills(tx, user_id, OURS, now)
    return await _decide(tx, user_id, ("suspend", suspended), decision, rules=rules, now=now)


async def resume(
    tx: AsyncConnection, user_id: UUID, decision: Decision, *, rules: Selling, now: datetime
) -> Subscription:
    """Let a suspended plan be used again; where it is not suspended, nothing changes.

    Raises:
        NoSubscription: there is none.
    """

    def resumed(before: Subscription) -> Subscription:
        if before.suspended_at is None:
            return before
        return replace(before, suspended_at=None, suspend_reason="", invoiced_until=None)

    return await _decide(tx, user_id, ("resume", resumed), decision, rules=rules, now=now)


async def _decide(
    tx: AsyncConnection,
    user_id: UUID,
    what: tuple[Event, Callable[[Subscription], Subscription]],
    decision: Decision,
    *,
    rules: Selling,
    now: datetime,
) -> Subscription:
    event, change = what
    before = await must_find_locked(tx, user_id)
    check(event, state_now(before, rules.subscriptions, now))
    after = change(before)
    if after is not before:
        act = Act(event, "operator", decision.actor_id, detail={"reason": decision.reason})
        await record_change(tx, before, after, act, settings=rules.subscriptions, now=now)
        await record(tx, f"subscription.{event}", actor_id=decision.actor_id, subject_id=user_id)
    return after
