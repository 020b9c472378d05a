"""Invoices that nobody reports on: their gateways are asked, and those that are over are closed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from lumiku.core.clock import utc_now
from lumiku.core.db import Database
from lumiku.payments import follow_up
from lumiku.payments.cancel_invoice import cancel_invoice
from lumiku.payments.create_invoice import create_invoice
from lumiku.payments.follow_up import ask_gateways, expire_invoices
from lumiku.payments.gateways.load import Gateways, load_gateways
from lumiku.payments.model import Invoice
from lumiku.payments.open_payment import open_payment
from lumiku.payments.read import find_invoice
from support.credits import balance_of, new_account
from support.duitku_server import Duitku, duitku_server
from support.payments import FULFIL, PACKAGE, SETTINGS, invoice_for, settle_now, verdicts

MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def running() -> Iterator[Duitku]:
    with duitku_server() as server:
        yield server


@pytest.fixture
def duitku(running: Duitku) -> Duitku:
    running.trouble = ""
    running.asked.clear()
    return running


@pytest.fixture
def gateways(duitku: Duitku) -> Gateways:
    return load_gateways(duitku.settings(), "http://localhost", utc_now)


async def _opened(db: Database, gateways: Gateways, now: datetime) -> Invoice:
    invoice = await invoice_for(db, await new_account(db), gateway="duitku", now=now)
    return await open_payment(db, invoice.id, gateways, now)


async def _status(db: Database, invoice: Invoice) -> str:
    async with db.transaction() as tx:
        return (await find_invoice(tx, invoice.id)).status


async def test_a_payment_whose_callback_never_came_is_found(
    db: Database, duitku: Duitku, gateways: Gateways
) -> None:
    now = utc_now()
    paid, unpaid = await _opened(db, gateways, now), await _opened(db, gateways, now)
    duitku.standing[str(paid.id)] = "00"
    assert await ask_gateways(db, gateways, FULFIL, now) == 0  # too early to ask
    assert await ask_gateways(db, gateways, FULFIL, now + MINUTE) == 1
    assert await ask_gateways(db, gateways, FULFIL, now + MINUTE * 2) == 0
    assert (await balance_of(db, paid.user_id)).balance == 1_500
    assert (await _status(db, paid), await _status(db, unpaid)) == ("paid", "pending")
    asked = duitku.asked.count("/api/merchant/transactionStatus")
    assert await ask_gateways(db, gateways, FULFIL, now + MINUTE * 2) == 0
    assert duitku.asked.count("/api/merchant/transactionStatus") == asked  # not twice in a minute


async def test_money_for_an_invoice_that_is_over_is_found_too(
    db: Database, duitku: Duitku, gateways: Gateways
) -> None:
    now = utc_now()
    late, withdrawn = await _opened(db, gateways, now), await _opened(db, gateways, now)
    async with db.transaction() as tx:
        await cancel_invoice(tx, withdrawn.id, now)
    assert await expire_invoices(db, now + timedelta(days=2)) == 1
    assert await expire_invoices(db, now + timedelta(days=2)) == 0
    assert await _status(db, late) == "expired"
    for invoice in (late, withdrawn):
        duitku.standing[str(invoice.id)] = "00"
    assert await ask_gateways(db, gateways, FULFIL, now + timedelta(days=2)) == 2
    assert await verdicts(db, late) == ["created", "opened", "expired", "paid"]
    assert (await balance_of(db, withdrawn.user_id)).balance == 1_500


async def test_a_gateway_that_is_away_is_asked_once_and_again_later(
    db: Database, duitku: Duitku, gateways: Gateways
) -> None:
    now = utc_now()
    invoices = [await _opened(db, gateways, now) for _ in range(3)]
    for invoice in invoices:
        duitku.standing[str(invoice.id)] = "00"
    duitku.trouble = "500"
    duitku.asked.clear()
    assert await ask_gateways(db, gateways, FULFIL, now + MINUTE) == 0
    assert len(duitku.asked) == 1
    duitku.trouble = ""
    assert await ask_gateways(db, gateways, FULFIL, now + MINUTE * 3) == 3


async def test_another_amount_is_kept_and_the_rest_goes_on(
    db: Database, duitku: Duitku, gateways: Gateways
) -> None:
    now = utc_now()
    wrong, right = await _opened(db, gateways, now), await _opened(db, gateways, now)
    duitku.orders[str(wrong.id)]["paymentAmount"] = 5
    for invoice in (wrong, right):
        duitku.standing[str(invoice.id)] = "00"
    assert await ask_gateways(db, gateways, FULFIL, now + MINUTE) == 1
    assert await verdicts(db, wrong) == ["created", "opened", "other_amount"]
    assert await _status(db, right) == "paid"


async def test_what_cannot_be_delivered_is_tried_again(
    db: Database, duitku: Duitku, gateways: Gateways
) -> None:
    now = utc_now()
    invoice = await _opened(db, gateways, now)
    duitku.standing[str(invoice.id)] = "00"
    assert await ask_gateways(db, gateways, replace(FULFIL, paid={}), now + MINUTE) == 0
    assert await _status(db, invoice) == "pending"
    assert await ask_gateways(db, gateways, FULFIL, now + MINUTE * 3) == 1


async def test_an_invoice_is_followed_from_when_it_was_opened_until_it_is_over(
    db: Database, duitku: Duitku, gateways: Gateways
) -> None:
    """As the invoice of a next month is: it waits for ten days, and is opened late."""
    now = utc_now()
    async with db.transaction() as tx:
        invoice = await create_invoice(
            tx,
            await new_account(db),
            PACKAGE,
            gateway="duitku",
            now=now,
            settings=SETTINGS,
            expires_at=now + timedelta(days=10),
        )
    await open_payment(db, invoice.id, gateways, late := now + timedelta(days=9))
    duitku.standing[str(invoice.id)] = "00"
    assert await ask_gateways(db, gateways, FULFIL, late) == 0
    assert await ask_gateways(db, gateways, FULFIL, late + MINUTE) == 1


async def test_those_who_gave_up_do_not_keep_who_pays_now_waiting(
    db: Database, duitku: Duitku, gateways: Gateways, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow_up, "_AT_ONCE", 1)
    now = utc_now()
    await _opened(db, gateways, now - timedelta(days=1))
    paid = await _opened(db, gateways, now)
    duitku.standing[str(paid.id)] = "00"
    assert await ask_gateways(db, gateways, FULFIL, now + MINUTE) == 1


async def test_one_that_was_paid_is_not_asked_about(db: Database, duitku: Duitku, gateways: Gateways) -> None:
    now = utc_now()
    invoice = await _opened(db, gateways, now)
    await settle_now(db, invoice)
    duitku.asked.clear()
    await ask_gateways(db, gateways, FULFIL, now + MINUTE)
    assert duitku.asked == []
