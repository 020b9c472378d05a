"""Cancelling an invoice that nobody has paid."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.payments.errors import InvoiceNotFound, InvoiceNotOpen
from lumiku.payments.events import Said, note_event
from lumiku.payments.lock import lock_invoice
from lumiku.payments.model import Invoice, Proof, invoice_of
from lumiku.payments.tables import payment_invoices


async def cancel_invoice(
    tx: AsyncConnection,
    invoice_id: UUID,
    now: datetime,
    *,
    owner: UUID | None = None,
    said: Said | None = None,
) -> Invoice:
    """Withdraw an invoice; one that is closed stays so. Money that comes in all the same is settled.

    It takes the payer's lock: who locks a subscription in the same transaction takes `lock_payer` before.

    Args:
        tx: the caller's transaction.
        invoice_id: which one.
        now: the time; an invoice whose own time is over by then is marked expired instead.
        owner: whose it must be; None: anybody's.
        said: who withdraws it; without it, its owner does.

    Raises:
        InvoiceNotFound: there is no such invoice, or it is not the owner's.
        InvoiceNotOpen: it was paid, or paid and refunded.
    """
    invoice = await lock_invoice(tx, invoice_id)
    if owner is not None and invoice.user_id != owner:
        raise InvoiceNotFound("there is no such invoice")
    if invoice.status in {"cancelled", "expired"}:
        return invoice
    if invoice.status != "pending":
        raise InvoiceNotOpen(f"the invoice is {invoice.status}", status=invoice.status)
    closed: Literal["cancelled", "expired"] = "cancelled" if now < invoice.expires_at else "expired"
    change = (
        update(payment_invoices)
        .where(payment_invoices.c.id == invoice_id)
        .values(status=closed)
        .returning(payment_invoices)
    )
    withdrawn = invoice_of((await tx.execute(change)).mappings().one())
    await note_event(tx, invoice_id, closed, said or Said("owner"), Proof(invoice.gateway, "", 0))
    return withdrawn
