"""The life of a subscription as pure functions: its state at a moment, and what each event makes of it.

Nothing here knows the database. No state is stored that time could falsify: it is worked out from the months
that were paid for, and from what the owner and the operator decided.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from uuid import UUID

from lumiku.subscriptions.errors import UpgradeFirst
from lumiku.subscriptions.model import Period, State, Subscription, Upgrade
from lumiku.subscriptions.zones import add_months


@dataclass(frozen=True, slots=True)
class Times:
    """Of the settings: what the state depends on beside the subscription itself."""

    zone: str
    grace: timedelta


@dataclass(frozen=True, slots=True)
class Month:
    """A month to be added.

    Attributes:
        plan: of it.
        value_idr: what a month of the plan costs now.
        invoice_id: that paid it; None: it is given.
    """

    plan: str
    value_idr: int
    invoice_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Dearer:
    """A change to a dearer plan.

    Attributes:
        plan: the new one.
        value_idr: what a month of it costs.
        until: months that end later are not meant, for they were bought after the price was made.
    """

    plan: str
    value_idr: int
    until: datetime


def state_at(subscription: Subscription, now: datetime, grace: timedelta) -> State:
    """The state at a moment; nobody has to have run for it to be right."""
    end, cancelled = subscription.paid_until, subscription.cancelled_at is not None
    if end is not None and now < end:
        return "cancelled" if cancelled else "active"
    if end is not None and not cancelled and now < end + grace:
        return "past_due"
    if subscription.pending_until is not None and now < subscription.pending_until:
        return "pending_payment"
    return "expired"


def plan_at(subscription: Subscription, now: datetime) -> str:
    """The plan of a moment: of the month that it lies in, or of the last one before."""
    begun = [period.plan for period in subscription.periods if period.starts_at <= now]
    return begun[-1] if begun else subscription.plan


def usable_plan(subscription: Subscription, now: datetime, grace: timedelta) -> str | None:
    """The plan whose quota may be used at a moment, if there is one."""
    usable = state_at(subscription, now, grace) in {"active", "cancelled", "past_due"}
    return plan_at(subscription, now) if usable and subscription.suspended_at is None else None


def next_change_at(
    subscription: Subscription, now: datetime, times: Times, ahead: timedelta
) -> datetime | None:
    """When somebody must look next: for the next invoice, or because time changes the state."""
    end = subscription.paid_until
    moments = [subscription.pending_until]
    if end is not None:
        moments += [end, end + times.grace]
        goes_on = subscription.cancelled_at is None and subscription.suspended_at is None
        if goes_on and subscription.invoiced_until != end:
            moments.append(max(now, end - ahead) if now < end else None)
    return min((moment for moment in moments if moment is not None and moment >= now), default=None)


def add_month(
    subscription: Subscription, month: Month, now: datetime, times: Times, new_id: Callable[[], UUID]
) -> Subscription:
    """Add a month that was paid for or given.

    While the plan is in force, also in grace, it follows the last one: no paid day is lost, and days of grace
    are paid for. Else it begins now.
    """
    end = subscription.paid_until
    goes_on = state_at(subscription, now, times.grace) in {"active", "cancelled", "past_due"}
    if goes_on and end is not None and subscription.anchor_at is not None:
        start, anchor, zone, months = end, subscription.anchor_at, subscription.zone, subscription.months + 1
        next_plan = None if subscription.next_plan == month.plan else subscription.next_plan
    else:
        start, anchor, zone, months, next_plan = now, now, times.zone, 1, None
    ends_at = add_months(anchor, months, zone)
    period = Period(new_id(), month.plan, start, ends_at, month.value_idr, month.invoice_id)
    return replace(
        subscription,
        plan=month.plan,
        periods=(*subscription.periods, period),
        anchor_at=anchor,
        zone=zone,
        months=months,
        pending_until=None,
        cancelled_at=None,
        cancel_reason="",
        next_plan=next_plan,
    )


def is_dearer(subscription: Subscription, value_idr: int, now: datetime) -> bool:
    """Whether a month at this price is dearer than the present one."""
    begun = [period for period in subscription.periods if period.starts_at <= now]
    return not begun or begun[-1].value_idr < value_idr


def upgrade_price(subscription: Subscription, value_idr: int, now: datetime) -> int:
    """What it costs to make all that is left of cheaper months as dear as `value_idr`, in whole rupiah.

    To the microsecond, rounded up, and at least 1.
    """
    total = Fraction(0)
    for period in subscription.periods:
        left = period.ends_at - max(period.starts_at, now)
        if left > timedelta(0) and period.value_idr < value_idr:
            total += (value_idr - period.value_idr) * Fraction(
                _us(left), _us(period.ends_at - period.starts_at)
            )
    return max(1, -(-total.numerator // total.denominator))


def upgrade(subscription: Subscription, to: Dearer, invoice_id: UUID, now: datetime) -> Subscription:
    """Change what is left of the cheaper months; the same subscription where there are none."""

    def changed(period: Period) -> Period:
        if not now < period.ends_at <= to.until or period.value_idr >= to.value_idr:
            return period
        before = Upgrade(invoice_id, period.plan, period.value_idr)
        return replace(period, plan=to.plan, value_idr=to.value_idr, upgrades=(*period.upgrades, before))

    periods = tuple(map(changed, subscription.periods))
    if periods == subscription.periods:
        return subscription
    next_plan = None if subscription.next_plan == to.plan else subscription.next_plan
    return replace(subscription, plan=to.plan, periods=periods, next_plan=next_plan)


def undo_upgrade(subscription: Subscription, invoice_id: UUID, now: datetime) -> Subscription:
    """Take an upgrade back from what is left; the same subscription where nothing is.

    Raises:
        UpgradeFirst: a month was upgraded again since.
    """

    def undone(period: Period) -> Period:
        if period.ends_at <= now or all(each.invoice_id != invoice_id for each in period.upgrades):
            return period
        last = period.upgrades[-1]
        if last.invoice_id != invoice_id:
            raise UpgradeFirst(
                "this upgrade was upgraded again; refund that first", invoiceId=str(last.invoice_id)
            )
        return replace(period, plan=last.plan, value_idr=last.value_idr, upgrades=period.upgrades[:-1])

    periods = tuple(map(undone, subscription.periods))
    return subscription if periods == subscription.periods else replace(subscription, periods=periods)


def remove_month(subscription: Subscription, invoice_id: UUID, now: datetime, zone: str) -> Subscription:
    """Take back the month that an invoice paid; those after it move up, and stay whole calendar months.

    Where nothing is left then, it ends at once, without grace.

    Raises:
        UpgradeFirst: the month was upgraded with other money.
    """
    found = [place for place, period in enumerate(subscription.periods) if period.invoice_id == invoice_id]
    return _without(subscription, found[0], now, zone, "refunded") if found else subscription


def given_left(subscription: Subscription, now: datetime, grace: timedelta) -> int:
    """How many months that nobody paid for can be used still, or give the grace that can."""
    given = [period for period in subscription.periods if period.invoice_id is None]
    left = [period for period in given if now < period.ends_at]
    if left or state_at(subscription, now, grace) != "past_due":
        return len(left)
    return int(subscription.periods[-1:] == tuple(given[-1:]))


def remove_given(subscription: Subscription, now: datetime, zone: str) -> Subscription:
    """Take back what is left of the months that nobody paid for; paid ones after them move up and stay whole.

    Where nothing is left then, it ends at once, without grace; nor has a given month that is over any. The
    same subscription where there is nothing to take.

    Raises:
        UpgradeFirst: such a month was upgraded with money.
    """
    for place in reversed(range(len(subscription.periods))):  # those after it have their places still
        period = subscription.periods[place]
        if period.invoice_id is None and now < period.ends_at:
            subscription = _without(subscription, place, now, zone, "taken back")
    last = subscription.periods[-1] if subscription.periods else None
    if last and last.invoice_id is None and last.ends_at <= now and subscription.cancelled_at is None:
        return replace(subscription, cancelled_at=now, cancel_reason="taken back")
    return subscription


def _without(subscription: Subscription, place: int, now: datetime, zone: str, why: str) -> Subscription:
    before, gone, after = (
        subscription.periods[:place],
        subscription.periods[place],
        subscription.periods[place + 1 :],
    )
    if gone.ends_at <= now:  # it was used up; what follows stays where it is
        kept = replace(subscription, periods=(*before, *after))
        return kept if after or kept.cancelled_at else replace(kept, cancelled_at=now, cancel_reason=why)
    if gone.upgrades:
        last = gone.upgrades[-1]
        raise UpgradeFirst("this month was upgraded; refund that first", invoiceId=str(last.invoice_id))
    if gone.starts_at <= now:
        anchor, months = now, 0
    else:
        anchor, zone = subscription.anchor_at or gone.starts_at, subscription.zone
        months = subscription.months - len(after) - 1
    start, moved = (now if gone.starts_at <= now else gone.starts_at), []
    for period in after:
        months += 1
        ends_at = add_months(anchor, months, zone)
        moved.append(replace(period, starts_at=start, ends_at=ends_at))
        start = ends_at
    changed = replace(subscription, periods=(*before, *moved), anchor_at=anchor, zone=zone, months=months)
    if changed.paid_until is None or changed.paid_until <= now:
        changed = replace(changed, cancelled_at=now, cancel_reason=why)
    return changed


def _us(length: timedelta) -> int:
    return length // timedelta(microseconds=1)
