"""Settling an invoice: a verified payment delivers what it was for, exactly once."""

from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.payments.errors import NothingFulfils, OtherAmount, PaymentUsed
from lumiku.payments.events import Said, note_event, was_said
from lumiku.payments.fulfilment import Fulfilment
from lumiku.payments.lock import lock_invoice, lock_reference
from lumiku.payments.model import Invoice, Proof, Verdict, invoice_of
from lumiku.payments.tables import payment_invoices

_log = structlog.get_logger("lumiku.payments")


async def settle(
    tx: AsyncConnection,
    invoice_id: UUID,
    proof: Proof,
    *,
    fulfil: Fulfilment,
    now: datetime,
    said: Said | None = None,
) -> Invoice:
    """Mark an invoice paid and deliver, in one transaction; the same payment again changes nothing.

    An invoice that has expired or was cancelled is settled like any other: the money has come in. Money for
    one that is paid already delivers nothing; it is noted as surplus, for somebody to give it back.

    Args:
        tx: the caller's transaction; when it fails, the invoice is as before and the proof can come again.
        invoice_id: which one.
        proof: what a gateway says, checked.
        fulfil: what delivers.
        now: when it is paid.
        said: through which way the proof came; without it, the gateway's callback.

    Raises:
        InvoiceNotFound: there is no such invoice.
        OtherAmount: the payment is about another sum; `note_other_amount` then keeps it.
        PaymentUsed: the payment has paid another invoice.
        NothingFulfils: nobody delivers this kind.
    """
    said = said or Said("callback")
    invoice = await lock_invoice(tx, invoice_id)
    if invoice.paid_at is not None:
        earlier = (invoice.paid_by, invoice.paid_reference, invoice.amount)
        same = earlier == (proof.gateway, proof.reference, proof.amount)
        await _note_once(tx, invoice, "duplicate" if same else "surplus", said, proof)
        return invoice
    if proof.amount != invoice.amount:
        raise OtherAmount("the amount paid is not the invoice's", expected=invoice.amount, paid=proof.amount)
    paid = await _mark_paid(tx, invoice, proof, now)
    deliver = fulfil.paid.get(invoice.kind)
    if deliver is None:
        raise NothingFulfils(f"nothing delivers an invoice of kind {invoice.kind}")
    await deliver(tx, paid, now)
    await note_event(tx, invoice_id, "paid", said, proof)
    _log.info("invoice paid", invoice=invoice.number, kind=invoice.kind, late=invoice.status != "pending")
    return paid


async def note_other_amount(tx: AsyncConnection, invoice_id: UUID, proof: Proof, said: Said) -> None:
    """Keep a payment that is not about the invoice's sum, for somebody to look at; repetitions once."""
    invoice = await lock_invoice(tx, invoice_id)
    await _note_once(tx, invoice, "other_amount", said, proof)


async def _note_once(
    tx: AsyncConnection, invoice: Invoice, verdict: Verdict, said: Said, proof: Proof
) -> None:
    if await was_said(tx, invoice.id, verdict, proof):
        return
    await note_event(tx, invoice.id, verdict, said, proof)
    if verdict != "duplicate":
        _log.error("a payment needs somebody to look at it", invoice=invoice.number, verdict=verdict)


async def _mark_paid(tx: AsyncConnection, invoice: Invoice, proof: Proof, now: datetime) -> Invoice:
    await lock_reference(tx, proof.gateway, proof.reference)
    used = select(payment_invoices.c.id).where(
        payment_invoices.c.paid_by == proof.gateway, payment_invoices.c.paid_reference == proof.reference
    )
    if await tx.scalar(used) is not None:
        raise PaymentUsed("this payment has paid another invoice")
    change = (
        update(payment_invoices)
        .where(payment_invoices.c.id == invoice.id)
        .values(status="paid", paid_at=now, paid_by=proof.gateway, paid_reference=proof.reference)
        .returning(payment_invoices)
    )
    return invoice_of((await tx.execute(change)).mappings().one())
