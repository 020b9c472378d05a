"""What comes from outside and says that it is a gateway."""

from dataclasses import replace
from datetime import datetime
from typing import Literal

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.db import Database
from lumiku.core.errors import LumikuError
from lumiku.payments.errors import GatewayRefused, GatewayUnavailable
from lumiku.payments.events import Said, note_event, was_said
from lumiku.payments.fulfilment import Fulfilment
from lumiku.payments.gateways.base import Callback, Gateway, Report
from lumiku.payments.lock import lock_invoice
from lumiku.payments.measure import count_callback, count_gateway_failure
from lumiku.payments.model import Invoice, Proof
from lumiku.payments.tables import payment_invoices
from lumiku.payments.take_report import take_report


async def receive_callback(
    db: Database, gateway: Gateway, callback: Callback, *, fulfil: Fulfilment, now: datetime
) -> Invoice:
    """Check a callback and act on it; when this returns, all of it is stored. Repetitions change nothing.

    Where the signature does not cover what became of the payment, the gateway is asked first, and its answer
    counts. One that does not answer, or does not know yet, is asked again by the schedule.

    Raises:
        SignatureRefused: the gateway did not send it. Nothing of it is stored.
        InvalidInput: it makes no sense, or (`OtherAmount`) is about another sum, which is kept.
        InvoiceNotFound: it is about no invoice of ours.
        DatabaseUnavailable: nothing is stored; the gateway sends it again.
        GatewayUnavailable, GatewayRefused: it may be a second payment of a paid invoice, which no schedule
            asks about; the gateway sends it again.
    """
    try:
        report = gateway.verify(callback)
        source: Literal["callback", "status"] = "callback"
        if report.outcome == "paid" and not gateway.signs_outcome:
            report, source = await _checked(db, gateway, report, now), "status"
        invoice = await take_report(db, report, source=source, fulfil=fulfil, now=now)
    except LumikuError as error:
        count_callback(gateway.name, error.code.lower())
        raise
    count_callback(gateway.name, report.outcome)
    return invoice


async def _checked(db: Database, gateway: Gateway, claim: Report, now: datetime) -> Report:
    """What the gateway says when it is asked about what a callback claims; the claim is stored before."""
    async with db.transaction() as tx:
        invoice = await lock_invoice(tx, claim.invoice_id)
        if invoice.paid_at is None:
            await _watch(tx, invoice, claim.proof, now)
    told = (invoice.paid_by, invoice.paid_reference, invoice.amount)
    if told == (claim.proof.gateway, claim.proof.reference, claim.proof.amount):
        return claim  # a repetition, which delivers nothing
    try:
        return await gateway.status(invoice)
    except (GatewayUnavailable, GatewayRefused):
        count_gateway_failure(gateway.name)
        if invoice.paid_at is not None:
            raise
        return replace(claim, outcome="pending")


async def _watch(tx: AsyncConnection, invoice: Invoice, claimed: Proof, now: datetime) -> None:
    """Have the schedule ask from now on, also where this process dies before it has asked."""
    watched = update(payment_invoices).where(payment_invoices.c.id == invoice.id)
    await tx.execute(watched.values(watched_at=now, asked_at=now))
    if not await was_said(tx, invoice.id, "claimed", claimed):
        await note_event(tx, invoice.id, "claimed", Said("callback"), claimed)
