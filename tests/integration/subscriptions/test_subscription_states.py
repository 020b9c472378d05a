"""Every cell of the table of a subscription's states and events, on a real PostgreSQL."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lumiku.core.db import Database
from lumiku.core.errors import InternalError
from lumiku.payments.model import Invoice
from lumiku.subscriptions.changes import Act, record_change
from lumiku.subscriptions.errors import NoSubscription, WrongState
from lumiku.subscriptions.model import STATES
from lumiku.subscriptions.repository import find_locked
from lumiku.subscriptions.transitions import TRANSITIONS
from support.markdown import ROOT
from support.subscriptions import Subscriber, subscriber

RECORD = ROOT / "docs/decisions"


async def in_state(db: Database, state: str) -> tuple[Subscriber, dict[str, Invoice]]:
    """Somebody in this state, with a paid month, and invoices of another and of an upgrade."""
    who, kept = await subscriber(db, 1000), {}
    if state == "none":
        return who, kept
    kept["plan"] = await who.subscribe("starter")
    if state == "pending_payment":
        return who, kept
    await who.pay(kept["plan"])
    kept["paid"] = kept["plan"]
    upgrade = await who.change_plan("pro")
    assert upgrade is not None
    kept["upgrade"] = upgrade
    kept["plan"] = await who.subscribe("starter")
    if state == "cancelled":
        await who.cancel()
    elif state == "past_due":
        who.wait(days=30)
    elif state == "expired":
        who.wait(days=40)
    return who, kept


Happen = Callable[[Subscriber, dict[str, Invoice]], Awaitable[Any]]


async def _pay(who: Subscriber, kept: dict[str, Invoice]) -> None:
    await who.pay(kept["plan"])


async def _pay_upgrade(who: Subscriber, kept: dict[str, Invoice]) -> None:
    await who.pay(kept["upgrade"])


async def _refund(who: Subscriber, kept: dict[str, Invoice]) -> None:
    await who.refund(kept["paid"])


async def _refund_upgrade(who: Subscriber, kept: dict[str, Invoice]) -> None:
    before = await who.state()
    await who.pay(kept["upgrade"])
    assert await who.state() == before
    await who.refund(kept["upgrade"])


async def _invoice(who: Subscriber, _: dict[str, Invoice]) -> None:
    if (await who.see()).paid_until is not None:
        who.now = max(who.now, (await who.see()).paid_until - timedelta(days=2))  # type: ignore[operator]
    await who.look_after()  # at all, also those of the cells before
    if (await who.trail())[-1][0] != "invoice":
        raise WrongState("no invoice was made")


async def _downgrade(who: Subscriber, kept: dict[str, Invoice]) -> None:
    if "upgrade" in kept and await who.state() == "active":
        await who.pay(kept["upgrade"])
    await who.change_plan("starter")


async def _revoke(who: Subscriber, kept: dict[str, Invoice]) -> None:
    """What is taken was given, and comes after what was paid for."""
    state = await who.state() if kept else None
    if state in TRANSITIONS["revoke"]:
        await who.grant()
        if state == "cancelled":
            await who.cancel()
        elif state == "past_due":
            who.wait(days=33)
        assert await who.state() == state
    await who.revoke()


async def _time(who: Subscriber, _: dict[str, Invoice]) -> None:
    who.wait(hours=1)
    await who.look_after()


HAPPEN: dict[str, Happen] = {
    "subscribe": lambda who, _: who.subscribe("starter"),
    "pay": _pay,
    "upgrade": lambda who, _: who.change_plan("pro"),
    "pay_upgrade": _pay_upgrade,
    "downgrade": _downgrade,
    "keep_plan": lambda who, _: who.change_plan("starter"),
    "cancel": lambda who, _: who.cancel(),
    "reactivate": lambda who, _: who.reactivate(),
    "refund": _refund,
    "refund_upgrade": _refund_upgrade,
    "grant": lambda who, _: who.grant(),
    "revoke": _revoke,
    "suspend": lambda who, _: who.suspend(),
    "resume": lambda who, _: who.resume(),
    "invoice": _invoice,
    "time": _time,
}
# Cells that nobody can come to: what is not there cannot be paid, refunded or grow old.
NOWHERE = {
    *((event, "none") for event in ("pay", "pay_upgrade", "refund", "refund_upgrade", "invoice", "time")),
    *((event, "pending_payment") for event in ("pay_upgrade", "refund", "refund_upgrade")),
}


@pytest.mark.parametrize("state", ["none", *STATES])
async def test_every_cell_of_the_table(db: Database, state: str) -> None:
    """What the table allows happens, with a state it names; what it does not allow changes nothing."""
    assert set(HAPPEN) == set(TRANSITIONS)
    for event, happen in HAPPEN.items():
        if (event, state) in NOWHERE:
            continue
        who, kept = await in_state(db, state)
        if state != "none":
            assert await who.state() == state
            trail = await who.trail()
        allowed = TRANSITIONS[event].get(state, ())  # type: ignore[call-overload]
        if allowed:
            await happen(who, kept)
            assert await who.state() in allowed, (event, state)
        else:
            with pytest.raises((WrongState, NoSubscription)):
                await happen(who, kept)
            if state != "none":
                assert await who.state() == state or event == "invoice"
                assert await who.trail() == trail or event == "invoice"


def documented() -> dict[str, dict[str, tuple[str, ...]]]:
    """The table of the decision record."""
    (page,) = [
        path for path in Path(RECORD).glob("*.md") if "states x events" in path.read_text("utf-8").lower()
    ]
    rows = re.findall(r"^\| `(\w+)`[^|]*\|(.+)\|$", page.read_text("utf-8"), re.M)
    columns = ("none", *STATES)
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for event, cells in rows:
        texts = [cell.strip() for cell in cells.split("|")]
        found[event] = {
            state: tuple(text.split(" or "))
            for state, text in zip(columns, texts, strict=True)
            if text != "refused"
        }
    return found


def test_the_record_shows_the_very_table() -> None:
    assert documented() == {event: dict(follows) for event, follows in TRANSITIONS.items()}


async def test_a_change_that_the_table_does_not_allow_is_not_kept(db: Database) -> None:
    who = await subscriber(db, plan="starter")
    settings = who.rules.subscriptions

    async def lose_everything() -> None:
        async with db.transaction() as tx:
            before = await find_locked(tx, who.id)
            assert before is not None
            after = replace(before, periods=())
            await record_change(tx, before, after, Act("pay", "payment"), settings=settings, now=who.now)

    with pytest.raises(InternalError, match="does not allow"):
        await lose_everything()
    assert await who.state() == "active"
