"""One payment delivers once, whatever comes in and in whatever order."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.db import Database
from lumiku.core.errors import InvalidInput
from lumiku.payments.cancel_invoice import cancel_invoice
from lumiku.payments.errors import (
    InvoiceNotFound,
    InvoiceNotOpen,
    NothingFulfils,
    OtherAmount,
    PaymentUsed,
    TooManyInvoices,
)
from lumiku.payments.fulfilment import Fulfilment, grant_package
from lumiku.payments.model import Invoice, Order, Proof
from lumiku.payments.settle import settle
from support.credits import balance_of, new_account
from support.payments import FULFIL, NOW, PLAN, SETTINGS, invoice_for, proof_of, settle_now, verdicts


async def test_a_payment_grants_the_package(db: Database) -> None:
    user_id = await new_account(db)
    invoice = await invoice_for(db, user_id)
    assert invoice.status == "pending"
    assert invoice.number.startswith("INV-2026-")
    paid = await settle_now(db, invoice)
    assert (paid.status, paid.paid_at, paid.paid_by) == ("paid", NOW, "manual")
    assert (await balance_of(db, user_id)).balance == 1_500
    assert await verdicts(db, invoice) == ["created", "paid"]


async def test_the_same_payment_again_changes_nothing(db: Database) -> None:
    user_id = await new_account(db)
    invoice = await invoice_for(db, user_id)
    first = await settle_now(db, invoice)
    for _ in range(3):
        assert await settle_now(db, invoice) == first
    assert (await balance_of(db, user_id)).balance == 1_500
    assert await verdicts(db, invoice) == ["created", "paid", "duplicate"]


async def test_twins_at_once_grant_once(db: Database) -> None:
    user_id = await new_account(db)
    invoice = await invoice_for(db, user_id)
    settled = await asyncio.gather(*(settle_now(db, invoice) for _ in range(8)))
    assert {each.status for each in settled} == {"paid"}
    assert (await balance_of(db, user_id)).balance == 1_500


async def test_a_second_payment_is_kept_for_somebody_to_give_back(db: Database) -> None:
    user_id = await new_account(db)
    invoice = await invoice_for(db, user_id)
    first = await settle_now(db, invoice)
    for _ in range(2):
        assert await settle_now(db, invoice, proof_of(invoice, "other", "duitku")) == first
    assert (await balance_of(db, user_id)).balance == 1_500
    assert await verdicts(db, invoice) == ["created", "paid", "surplus"]


@pytest.mark.parametrize("wrong", [-1, 1, -99_999])
async def test_another_amount_settles_nothing(db: Database, wrong: int) -> None:
    user_id = await new_account(db)
    invoice = await invoice_for(db, user_id)
    proof = replace(proof_of(invoice), amount=invoice.amount + wrong)
    with pytest.raises(OtherAmount):
        await settle_now(db, invoice, proof)
    assert (await balance_of(db, user_id)).balance == 0
    assert (await settle_now(db, invoice)).status == "paid"


async def test_an_unknown_invoice(db: Database) -> None:
    async with db.transaction() as tx:
        with pytest.raises(InvoiceNotFound):
            await settle(tx, uuid4(), Proof("manual", "x", 1), fulfil=FULFIL, now=NOW)


async def test_one_payment_pays_one_invoice(db: Database) -> None:
    user_id = await new_account(db)
    first, second = await invoice_for(db, user_id), await invoice_for(db, user_id)
    await settle_now(db, first, proof_of(first, "transfer-1"))
    with pytest.raises(PaymentUsed):
        await settle_now(db, second, proof_of(second, "transfer-1"))
    assert (await balance_of(db, user_id)).balance == 1_500


async def test_one_payment_at_once_for_two_people_pays_one_invoice(db: Database) -> None:
    invoices = [await invoice_for(db, await new_account(db)) for _ in range(4)]
    settled = await asyncio.gather(
        *(settle_now(db, each, proof_of(each, "transfer-2")) for each in invoices), return_exceptions=True
    )
    assert sum(isinstance(each, Invoice) for each in settled) == 1
    assert sum(isinstance(each, PaymentUsed) for each in settled) == 3


async def test_money_for_a_cancelled_invoice_still_delivers(db: Database) -> None:
    user_id = await new_account(db)
    invoice = await invoice_for(db, user_id)
    async with db.transaction() as tx:
        cancelled = await cancel_invoice(tx, invoice.id, NOW)
        assert await cancel_invoice(tx, invoice.id, NOW) == cancelled
    assert (await settle_now(db, invoice)).status == "paid"
    assert (await balance_of(db, user_id)).balance == 1_500
    async with db.transaction() as tx:
        with pytest.raises(InvoiceNotOpen):
            await cancel_invoice(tx, invoice.id, NOW)


async def test_only_the_owner_cancels(db: Database) -> None:
    invoice = await invoice_for(db, await new_account(db))
    async with db.transaction() as tx:
        with pytest.raises(InvoiceNotFound):
            await cancel_invoice(tx, invoice.id, NOW, owner=await new_account(db))


async def test_what_cannot_be_delivered_is_not_paid(db: Database) -> None:
    user_id = await new_account(db)
    invoice = await invoice_for(db, user_id, PLAN)
    with pytest.raises(NothingFulfils):
        async with db.transaction() as tx:
            await settle(tx, invoice.id, proof_of(invoice), fulfil=Fulfilment({}, {}), now=NOW)
    assert (await settle_now(db, invoice)).status == "paid"


async def test_a_failure_between_verify_and_grant_loses_nothing(db: Database) -> None:
    user_id = await new_account(db)
    invoice = await invoice_for(db, user_id)

    async def dies(tx: AsyncConnection, paid: Invoice, now: datetime) -> None:
        await grant_package(tx, paid, now)
        raise ConnectionResetError

    async def call() -> None:
        async with db.transaction() as tx:
            fulfil = Fulfilment({"package": dies}, {})
            await settle(tx, invoice.id, proof_of(invoice), fulfil=fulfil, now=NOW)

    with pytest.raises(ConnectionResetError):
        await call()
    assert (await balance_of(db, user_id)).balance == 0
    await settle_now(db, invoice)
    assert (await balance_of(db, user_id)).balance == 1_500


async def test_an_account_has_so_many_unpaid_invoices(db: Database) -> None:
    user_id = await new_account(db)
    for _ in range(SETTINGS.max_open):
        await invoice_for(db, user_id)
    with pytest.raises(TooManyInvoices):
        await invoice_for(db, user_id)
    await invoice_for(db, user_id, now=NOW + timedelta(days=2))  # the others have expired by then


@pytest.mark.parametrize(("amount", "credits"), [(0, 10), (-5, 10), (100, 0), (10**12, 10), (True, 10)])
def test_an_order_makes_sense(amount: int, credits: int) -> None:  # noqa: A002
    with pytest.raises(InvalidInput):
        Order("package", "x", "X", amount, credits)
