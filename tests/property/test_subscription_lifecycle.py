"""A machine lives subscriptions through zones, month ends and changes of clocks, beside a model of days.

The model counts paid time: what was bought, given, used and taken back. No database is needed, for the
life of a subscription is pure.
"""

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from uuid import UUID, uuid4

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from lumiku.subscriptions import lifecycle
from lumiku.subscriptions.errors import UpgradeFirst
from lumiku.subscriptions.lifecycle import (
    Dearer,
    Month,
    Times,
    add_month,
    given_left,
    next_change_at,
    plan_at,
    remove_given,
    remove_month,
    state_at,
    undo_upgrade,
    upgrade,
    upgrade_price,
    usable_plan,
)
from lumiku.subscriptions.model import Period, State, Subscription
from lumiku.subscriptions.transitions import TRANSITIONS, Event
from lumiku.subscriptions.zones import add_months

GRACE = timedelta(days=7)
PRICES = {"starter": 99_000, "plus": 180_000, "pro": 299_000}
ZONES = ["UTC", "Asia/Jakarta", "America/New_York", "Africa/Cairo", "America/Sao_Paulo", "Pacific/Apia"]
# Before leap days, ends of months, changes of clocks and of years, in seconds of the day too.
STARTS = [
    datetime(2024, 1, 31, 23, 59, 59, tzinfo=UTC),
    datetime(2024, 2, 29, 0, 0, tzinfo=UTC),
    datetime(2025, 1, 30, 17, 0, tzinfo=UTC),  # midnight of the 31st in Jakarta
    datetime(2027, 12, 31, 12, 0, tzinfo=UTC),
    datetime(2026, 3, 8, 6, 30, tzinfo=UTC),  # New York's clocks go forward at 07:00
    datetime(2026, 11, 1, 5, 30, tzinfo=UTC),  # and back at 06:00: 01:30 comes twice
    datetime(2028, 2, 28, 23, 30, tzinfo=UTC),
    datetime(2099, 12, 31, 16, 59, 59, 999_999, tzinfo=UTC),
]
STEPS = st.one_of(
    st.sampled_from([timedelta(0), timedelta(microseconds=1), timedelta(seconds=1)]),
    st.integers(0, 45 * 24 * 3600).map(lambda seconds: timedelta(seconds=seconds)),
    st.integers(0, 45).map(lambda days: timedelta(days=days)),
)


class Life(RuleBasedStateMachine):
    """One subscription; the clock stands still but where a rule moves it."""

    def __init__(self) -> None:
        super().__init__()
        self.zone = "UTC"
        self.now = STARTS[0]
        self.it = Subscription(uuid4(), uuid4(), "starter", self.now)
        self.paid: list[UUID] = []
        self.upgrades: list[UUID] = []
        self.last_state: State = "expired"

    @property
    def times(self) -> Times:
        return Times(self.zone, GRACE)

    @property
    def state(self) -> State:
        return state_at(self.it, self.now, GRACE)

    def _left(self) -> timedelta:
        """Paid time that is still to come."""
        return sum(
            (max(timedelta(0), each.ends_at - max(each.starts_at, self.now)) for each in self.it.periods),
            timedelta(0),
        )

    def _did(self, event: Event, before: State) -> None:
        assert self.state in TRANSITIONS[event].get(before, ()), (event, before, self.state)

    @rule(start=st.sampled_from(STARTS))
    @precondition(lambda self: not self.it.periods)
    def begin_elsewhen(self, start: datetime) -> None:
        self.now = max(self.now, start)

    @rule(step=STEPS)
    def wait(self, step: timedelta) -> None:
        before = self.state
        self.now += step
        self._did("time", before)

    @rule()
    def wait_for_the_next_change(self) -> None:
        """Nothing changes before the moment that the hourly task is told of."""
        before, due = self.state, next_change_at(self.it, self.now, self.times, timedelta(days=3))
        if due is not None and due > self.now:
            last = due - timedelta(microseconds=1)
            assert state_at(self.it, last, GRACE) == before
            self.now = due
            self._did("time", before)
        elif due is None:
            assert state_at(self.it, self.now + timedelta(days=10_000), GRACE) == before

    @rule(zone=st.sampled_from(ZONES))
    def move_the_server(self, zone: str) -> None:
        self.zone = zone

    @rule(hours=st.integers(1, 48))
    @precondition(lambda self: self.state == "expired")
    def subscribe(self, hours: int) -> None:
        before = self.state
        self.it = replace(self.it, pending_until=self.now + timedelta(hours=hours))
        self._did("subscribe", before)

    @rule(plan=st.sampled_from(sorted(PRICES)), given=st.booleans())
    def pay(self, plan: str, given: bool) -> None:
        """Early, in grace, late, after the end; for this plan or another."""
        before, left, old = self.state, self._left(), self.it
        invoice = None if given else uuid4()
        self.it = add_month(old, Month(plan, PRICES[plan], invoice), self.now, self.times, uuid4)
        if invoice is not None:
            self.paid.append(invoice)
        self._did("grant" if given else "pay", before)
        new = self.it.periods[-1]
        begins_now = before in {"expired", "pending_payment"}
        assert new.starts_at == (self.now if begins_now else old.paid_until)
        # A whole calendar month, however long; in grace it began a few days ago, which could be used.
        assert timedelta(days=27, hours=22) < new.ends_at - new.starts_at < timedelta(days=31, hours=2)
        assert new.ends_at == add_months(self.it.anchor_at or self.now, self.it.months, self.it.zone)
        used = max(timedelta(0), self.now - new.starts_at)
        assert self._left() == left + (new.ends_at - new.starts_at) - used
        assert used <= GRACE
        assert self.it.periods[:-1] == old.periods

    @rule(plan=st.sampled_from(sorted(PRICES)), wait=STEPS)
    @precondition(lambda self: self.state in {"active", "cancelled"})
    def upgrade(self, plan: str, wait: timedelta) -> None:
        """The price is made now, and paid a while later, when all of it may be over."""
        price, until = upgrade_price(self.it, PRICES[plan], self.now), self.it.paid_until
        assert until is not None
        self.now += min(wait, timedelta(days=2))
        before, left, worth = self.state, self._left(), self._worth()
        invoice = uuid4()
        changed = upgrade(self.it, Dearer(plan, PRICES[plan], until), invoice, self.now)
        gained = self._worth(changed) - worth
        assert gained <= price, "more was given than was paid for"
        if changed is not self.it:
            self.upgrades.append(invoice)
            assert before in {"active", "cancelled"}
        self.it = changed
        self._did("pay_upgrade", before)
        assert self._left() == left

    @rule(data=st.data())
    @precondition(lambda self: bool(self.upgrades))
    def refund_upgrade(self, data: st.DataObject) -> None:
        invoice = data.draw(st.sampled_from(self.upgrades))
        before, left = self.state, self._left()
        try:
            self.it = undo_upgrade(self.it, invoice, self.now)
        except UpgradeFirst:
            return
        self.upgrades.remove(invoice)
        self._did("refund_upgrade", before)
        assert self._left() == left

    @rule(data=st.data())
    @precondition(lambda self: bool(self.paid))
    def refund(self, data: st.DataObject) -> None:
        invoice = data.draw(st.sampled_from(self.paid))
        before, old = self.state, self.it
        (gone,) = (each for each in old.periods if each.invoice_id == invoice)
        try:
            self.it = remove_month(old, invoice, self.now, self.zone)
        except UpgradeFirst:
            assert gone.upgrades
            return
        self.paid.remove(invoice)
        self._did("refund", before)
        kept = {each.id: each for each in self.it.periods}
        assert set(kept) == {each.id for each in old.periods} - {gone.id}
        for each in old.periods:
            if each.id == gone.id:
                continue
            if each.ends_at <= self.now or each.starts_at < gone.starts_at:
                assert kept[each.id] == each  # what was used, and what came before, stays
            else:
                length = kept[each.id].ends_at - kept[each.id].starts_at
                assert timedelta(days=27, hours=22) < length < timedelta(days=31, hours=2)
        if self.it.periods[-1:] and self.it.periods[-1].ends_at > self.now:
            assert self.state in {"active", "cancelled"}

    @rule()
    @precondition(lambda self: self.state in TRANSITIONS["revoke"])
    def revoke(self) -> None:
        """What was given goes; of what was paid for nothing does."""
        before, left = self.state, given_left(self.it, self.now, GRACE)
        old = {each.id: each for each in self.it.periods}
        try:
            changed = remove_given(self.it, self.now, self.zone)
        except UpgradeFirst:
            return
        assert (changed is not self.it) == (left > 0)
        if changed is self.it:
            return
        self.it = changed
        self._did("revoke", before)
        assert given_left(self.it, self.now, GRACE) == 0
        gone = set(old) - {each.id for each in self.it.periods}
        assert all(old[each].invoice_id is None and old[each].ends_at > self.now for each in gone)
        for each in self.it.periods:
            assert each.starts_at <= old[each.id].starts_at
            if each != old[each.id]:
                length = each.ends_at - each.starts_at
                assert timedelta(days=27, hours=22) < length < timedelta(days=31, hours=2)

    @rule()
    @precondition(lambda self: self.state in TRANSITIONS["cancel"])
    def cancel(self) -> None:
        before, left = self.state, self._left()
        cancelled_at = self.it.cancelled_at or self.now
        self.it = replace(self.it, cancelled_at=cancelled_at, pending_until=None)
        self._did("cancel", before)
        assert self._left() == left  # and all of it can be used
        assert (usable_plan(self.it, self.now, GRACE) is not None) == (left > timedelta(0))

    @rule()
    @precondition(lambda self: self.state in TRANSITIONS["reactivate"])
    def reactivate(self) -> None:
        before = self.state
        self.it = replace(self.it, cancelled_at=None, cancel_reason="")
        self._did("reactivate", before)

    @invariant()
    def months_follow_each_other(self) -> None:
        for one, next_ in zip(self.it.periods, self.it.periods[1:], strict=False):
            assert one.starts_at < one.ends_at <= next_.starts_at
        ids = [each.invoice_id for each in self.it.periods if each.invoice_id is not None]
        assert sorted(ids, key=str) == sorted(self.paid, key=str)

    @invariant()
    def it_can_be_used_exactly_while_it_is_paid_for_and_in_grace(self) -> None:
        inside = [each for each in self.it.periods if each.starts_at <= self.now < each.ends_at]
        plan = usable_plan(self.it, self.now, GRACE)
        if inside:
            assert plan == inside[0].plan == plan_at(self.it, self.now)
            assert self.state in {"active", "cancelled"}
        else:
            assert (plan is not None) == (self.state == "past_due")
            assert self.state not in {"active", "cancelled"}
        assert usable_plan(replace(self.it, suspended_at=self.now), self.now, GRACE) is None

    def _worth(self, it: Subscription | None = None) -> Fraction:
        """Of what is left, in rupiah; exact, for a price may be what it is worth to the last part."""
        return sum(map(self._worth_of, (it or self.it).periods), Fraction(0))

    def _worth_of(self, period: Period) -> Fraction:
        left = max(timedelta(0), period.ends_at - max(period.starts_at, self.now))
        one = timedelta(microseconds=1)
        return period.value_idr * Fraction(left // one, (period.ends_at - period.starts_at) // one)


def _run(examples: int, phases: tuple[Phase, ...] = tuple(Phase)) -> None:
    run_state_machine_as_test(
        Life,
        settings=settings(max_examples=examples, stateful_step_count=30, deadline=None, phases=phases),
    )


def test_no_paid_day_is_lost_and_no_state_is_off_the_table() -> None:
    _run(60)


def _from_now_on(it: Subscription, month: Month, now: datetime, times: Times, new_id: object) -> Subscription:
    """What is left is forgotten when another month is bought."""
    return lifecycle.add_month(replace(it, periods=()), month, now, times, uuid4)


def _thirty_days(it: Subscription, month: Month, now: datetime, times: Times, new_id: object) -> Subscription:
    changed = lifecycle.add_month(it, month, now, times, uuid4)
    last = changed.periods[-1]
    shorter = replace(last, ends_at=last.starts_at + timedelta(days=30))
    return replace(changed, periods=(*changed.periods[:-1], shorter))


def _takes_nothing(it: Subscription, invoice_id: UUID, now: datetime, zone: str) -> Subscription:
    return it


def _takes_it_all(it: Subscription, now: datetime, zone: str) -> Subscription:
    """What was paid for, too."""
    return replace(it, periods=(), cancelled_at=now) if given_left(it, now, GRACE) else it


def _always_graceful(it: Subscription, now: datetime, grace: timedelta) -> State:
    return "past_due" if (state := lifecycle.state_at(it, now, grace)) == "expired" and it.periods else state


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("add_month", _from_now_on),
        ("add_month", _thirty_days),
        ("remove_month", _takes_nothing),
        ("remove_given", _takes_it_all),
        ("state_at", _always_graceful),
    ],
)
def test_a_fault_is_found(monkeypatch: pytest.MonkeyPatch, name: str, fault: object) -> None:
    """The negative control: the same machine over code with one thing wrong."""
    monkeypatch.setattr(sys.modules[__name__], name, fault)
    with pytest.raises((AssertionError, ExceptionGroup)):
        _run(60, (Phase.generate,))
