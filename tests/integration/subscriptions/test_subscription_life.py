"""Subscriptions on a real PostgreSQL: money, time and twins."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from lumiku.core.db import Database
from lumiku.core.errors import InvalidInput, LumikuError
from lumiku.credits.ledger import adjust
from lumiku.payments.errors import CreditsSpent
from lumiku.payments.open_invoices import open_invoices
from lumiku.subscriptions.errors import NoSubscription, NoSuchPlan, NothingGiven, UpgradeFirst, WrongState
from lumiku.subscriptions.operate import Decision
from lumiku.subscriptions.settings import PlanSettings, SubscriptionsSettings
from lumiku.subscriptions.tables import background_remover_subscription_events as events
from lumiku.subscriptions.tables import background_remover_subscriptions as subscriptions
from support.credits import balance_of
from support.subscriptions import Subscriber, subscriber


async def test_nothing_is_given_before_a_payment_and_a_state_needs_no_task(db: Database) -> None:
    who = await subscriber(db)
    invoice = await who.subscribe("pro")
    assert (invoice.amount, invoice.kind, invoice.item) == (299_000, "plan", "pro")
    assert await who.subscribe("pro") == invoice  # asked twice, there is one invoice
    assert (await who.see()).quota is None
    await who.pay(invoice)
    seen = await who.see()
    assert (seen.state, seen.plan, seen.paid_until) == (
        "active",
        "pro",
        datetime(2026, 2, 28, 10, 0, tzinfo=UTC),
    )
    who.now = datetime(2026, 2, 28, 9, 59, 59, tzinfo=UTC)
    assert await who.state() == "active"
    who.wait(seconds=1)
    assert await who.state() == "past_due"
    assert (await who.see()).quota is not None
    who.wait(days=7)
    assert (await who.see()).state == "expired"
    assert (await who.see()).quota is None
    async with db.transaction() as tx:  # the row itself was never looked at
        assert await tx.scalar(select(subscriptions.c.status)) == "active"
    await who.look_after()
    assert (await who.trail())[-1] == ("time", "active", "expired")


async def test_another_plan_withdraws_the_unpaid_one_whose_late_money_still_counts(db: Database) -> None:
    who = await subscriber(db)
    starter = await who.subscribe("starter")
    pro = await who.subscribe("pro")
    async with db.transaction() as tx:
        assert [each.id for each in await open_invoices(tx, who.id, ("plan",), who.now)] == [pro.id]
    await who.pay(pro)
    await who.pay(starter)  # a transfer that was under way: it follows
    seen = await who.see()
    assert (seen.plan, seen.paid_until) == ("pro", datetime(2026, 3, 31, 10, 0, tzinfo=UTC))
    who.now = datetime(2026, 3, 1, tzinfo=UTC)
    assert (await who.see()).plan == "starter"


@pytest.mark.parametrize(
    ("when", "ends"),
    [
        ("2026-02-10T00:00", "2026-03-31T10:00"),  # early: nothing of February is lost
        ("2026-03-04T00:00", "2026-03-31T10:00"),  # in grace
        ("2026-03-20T08:00", "2026-04-20T08:00"),  # after the end: a new beginning
    ],
)
async def test_renewing_early_in_grace_and_late(db: Database, when: str, ends: str) -> None:
    who = await subscriber(db, plan="starter")
    who.now = datetime.fromisoformat(when).replace(tzinfo=UTC)
    await who.pay(await who.subscribe("starter"))
    assert (await who.see()).paid_until == datetime.fromisoformat(ends).replace(tzinfo=UTC)
    assert await who.state() == "active"


async def test_an_upgrade_costs_the_difference_for_what_is_left(db: Database) -> None:
    who = await subscriber(db, plan="starter")
    who.wait(days=14)  # half of the 28 days
    invoice = await who.change_plan("pro")
    assert invoice is not None
    assert (invoice.kind, invoice.amount) == ("upgrade", 100_000)
    assert (await who.see()).plan == "starter"
    who.wait(minutes=5)
    assert await who.change_plan("pro") == invoice
    await who.pay(invoice)
    seen = await who.see()
    assert (seen.plan, seen.period_end) == ("pro", datetime(2026, 2, 28, 10, 0, tzinfo=UTC))
    with pytest.raises(WrongState):
        await who.subscribe("starter")
    await who.change_plan("starter")  # follows
    assert (await who.see()).subscription.next_plan == "starter"
    who.wait(days=12)
    assert (await who.look_after()).invoiced == 1
    assert (await who.look_after()).invoiced == 0
    async with db.transaction() as tx:
        (next_,) = await open_invoices(tx, who.id, ("plan",), who.now)
    assert (next_.item, next_.amount) == ("starter", 99_000)
    await who.pay(next_)
    assert (await who.see()).plan == "pro"  # what is left of it
    who.now = datetime(2026, 3, 1, tzinfo=UTC)
    seen = await who.see()
    assert (seen.plan, seen.state, seen.subscription.next_plan) == ("starter", "active", None)


async def test_an_upgrade_paid_too_late_becomes_credits_that_a_refund_takes(db: Database) -> None:
    who = await subscriber(db, plan="starter")
    invoice = await who.change_plan("pro")
    who.wait(days=60)
    await who.pay(invoice)
    assert await who.state() == "expired"
    assert (await balance_of(db, who.id)).balance == 2_000  # of 200,000 rupiah
    assert invoice is not None
    await who.refund(invoice)
    assert (await balance_of(db, who.id)).balance == 0


async def test_spent_credits_of_a_late_upgrade_are_not_taken_twice(db: Database) -> None:
    who = await subscriber(db, plan="starter")
    invoice = await who.change_plan("pro")
    who.wait(days=60)
    await who.pay(invoice)
    async with db.transaction() as tx:
        await adjust(tx, who.id, -1, "spent", actor_id=None, note="spent")
    assert invoice is not None
    with pytest.raises(CreditsSpent):
        await who.refund(invoice)


async def test_a_refund_takes_the_month_and_those_after_it_move_up(db: Database) -> None:
    who = await subscriber(db)
    first, second = await who.subscribe(), None
    await who.pay(first)
    second = await who.subscribe()
    await who.pay(second)
    who.now = datetime(2026, 2, 10, 12, 0, tzinfo=UTC)
    await who.refund(first)
    seen = await who.see()
    assert (seen.state, seen.paid_until) == ("active", datetime(2026, 3, 10, 12, 0, tzinfo=UTC))
    await who.refund(second)
    assert await who.state() == "expired"  # at once, and without grace
    await who.refund(second)
    assert await who.state() == "expired"


async def test_what_was_given_is_taken_back_and_what_was_paid_for_stays_whole(db: Database) -> None:
    who = await subscriber(db)
    await who.grant("pro", months=2)
    await who.pay(await who.subscribe("pro"))
    who.now = datetime(2026, 2, 10, 12, 0, tzinfo=UTC)
    assert (await who.see()).given == 2
    await who.revoke()
    seen = await who.see()
    assert (seen.state, seen.given, seen.plan) == ("active", 0, "pro")
    assert seen.paid_until == datetime(2026, 3, 10, 12, 0, tzinfo=UTC)  # a whole month, from now
    with pytest.raises(NothingGiven):
        await who.revoke()
    assert (await who.see()).paid_until == seen.paid_until


async def test_a_gift_ends_at_once_also_in_its_grace_and_not_where_money_upgraded_it(db: Database) -> None:
    who, late, mixed = await subscriber(db), await subscriber(db), await subscriber(db)
    await who.grant("pro")
    await who.revoke()
    assert ((await who.see()).state, (await who.see()).quota) == ("expired", None)
    with pytest.raises(WrongState, match="nothing"):
        await who.revoke()
    await who.grant("starter")  # and it can be given again
    assert await who.state() == "active"
    await late.grant("pro")
    late.wait(days=30)
    assert ((await late.see()).state, (await late.see()).given) == ("past_due", 1)
    await late.revoke()
    assert await late.state() == "expired"
    await mixed.grant("starter")
    upgrade = await mixed.change_plan("pro")
    assert upgrade is not None
    await mixed.pay(upgrade)
    with pytest.raises(UpgradeFirst):
        await mixed.revoke()
    await mixed.refund(upgrade)
    await mixed.revoke()
    assert await mixed.state() == "expired"


async def test_what_was_upgraded_is_refunded_in_order(db: Database) -> None:
    who = await subscriber(db)
    month = await who.subscribe()
    await who.pay(month)
    upgrade = await who.change_plan("pro")
    assert upgrade is not None
    await who.pay(upgrade)
    with pytest.raises(UpgradeFirst):
        await who.refund(month)
    await who.refund(upgrade)
    assert (await who.see()).plan == "starter"
    await who.refund(month)
    assert await who.state() == "expired"


async def test_twins_make_one_invoice_and_one_month(db: Database) -> None:
    who = await subscriber(db)
    made = await asyncio.gather(*(who.subscribe("starter") for _ in range(8)))
    assert len({invoice.id for invoice in made}) == 1
    await asyncio.gather(*(who.pay(made[0]) for _ in range(8)), return_exceptions=True)
    seen = await who.see()
    assert len(seen.subscription.periods) == 1
    assert await who.trail() == [
        ("subscribe", "none", "pending_payment"),
        ("pay", "pending_payment", "active"),
    ]


async def test_subscribing_changing_paying_and_cancelling_at_once_never_lock_each_other_out(
    db: Database,
) -> None:
    who = await subscriber(db, plan="starter")
    upgrade = await who.change_plan("pro")
    month = await who.subscribe("starter")
    acts = [who.pay(upgrade), who.pay(month), who.cancel(), who.reactivate(), who.look_after(), who.suspend()]
    outcomes = await asyncio.gather(*acts, return_exceptions=True)
    assert all(isinstance(each, WrongState) for each in outcomes if isinstance(each, BaseException)), outcomes
    assert len((await who.see()).subscription.periods) == 2


async def test_what_is_refused(db: Database) -> None:
    who = await subscriber(db)
    for plan in ("gold", "", "STARTER", "starter'--"):
        with pytest.raises(NoSuchPlan):
            await who.subscribe(plan)
    with pytest.raises(NoSubscription):
        await who.change_plan("pro")
    await who.pay(await who.subscribe("starter"))
    with pytest.raises(NoSuchPlan):
        await who.change_plan("gold")
    with pytest.raises(WrongState):
        await who.subscribe("pro")
    await who.suspend()
    for refused in (who.subscribe("starter"), who.change_plan("pro")):
        with pytest.raises(WrongState, match="suspended"):
            await refused
    with pytest.raises(InvalidInput):
        Decision(None, "  ")
    with pytest.raises(LumikuError):
        await Subscriber(db, uuid4()).grant()


async def test_a_plan_that_is_gone_from_the_settings_breaks_nothing(db: Database) -> None:
    who = await subscriber(db, plan="starter")
    only = SubscriptionsSettings(plans={"big": PlanSettings(price_idr=1, daily_removals=1, tiers=("basic",))})
    who.rules = who.rules.model_copy(update={"subscriptions": only})
    seen = await who.see()
    assert (seen.state, seen.plan, seen.quota) == ("active", "starter", None)
    who.wait(days=27)
    assert (await who.look_after()).invoiced == 0
    assert (await who.look_after()).invoiced == 0


async def test_each_change_has_its_line_and_its_mail(db: Database) -> None:
    who = await subscriber(db, plan="starter")
    await who.cancel()
    await who.cancel()
    await who.reactivate()
    await who.grant(months=2)
    await who.suspend()
    await who.suspend()
    await who.resume()
    assert [event for event, _, _ in await who.trail()] == [
        "subscribe",
        "pay",
        "cancel",
        "reactivate",
        "grant",
        "suspend",
        "resume",
    ]
    mails = text("SELECT count(*) FROM procrastinate_jobs WHERE args ->> 'kind' = 'subscription'")
    async with db.transaction() as tx:
        assert await tx.scalar(mails) == await tx.scalar(select(func.count()).select_from(events)) == 7
