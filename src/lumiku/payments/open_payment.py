"""Asking the gateway where an invoice is paid."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from lumiku.accounts.tables import users
from lumiku.core.db import Database
from lumiku.payments.errors import GatewayUnavailable, InvoiceNotFound, InvoiceNotOpen
from lumiku.payments.events import Said, note_event
from lumiku.payments.gateways.load import Gateways
from lumiku.payments.lock import lock_invoice
from lumiku.payments.model import Invoice, Proof, invoice_of
from lumiku.payments.tables import payment_invoices


async def open_payment(
    db: Database, invoice_id: UUID, gateways: Gateways, now: datetime, *, owner: UUID | None = None
) -> Invoice:
    """The invoice with the page to pay it on; the gateway is asked outside of any transaction.

    An invoice that has its page keeps it. Twins at once may both ask; the first answer to be stored counts.

    Args:
        db: where.
        invoice_id: which one.
        gateways: those that there are.
        now: an invoice that is over by then is not opened.
        owner: whose it must be; None: anybody's.

    Raises:
        InvoiceNotFound: there is no such invoice, or it is not the owner's.
        InvoiceNotOpen: it no longer waits to be paid.
        GatewayUnavailable: the gateway does not answer, or is no longer configured; try again.
        GatewayRefused: the gateway says no.
    """
    async with db.transaction() as tx:
        query = (
            select(payment_invoices, users.c.email.label("payer_email"))
            .join(users, users.c.id == payment_invoices.c.user_id)
            .where(payment_invoices.c.id == invoice_id)
        )
        row = (await tx.execute(query)).mappings().one_or_none()
    if row is None or (owner is not None and row["user_id"] != owner):
        raise InvoiceNotFound("there is no such invoice")
    invoice = invoice_of(row)
    if invoice.status != "pending" or invoice.expires_at <= now:
        status = "expired" if invoice.status == "pending" else invoice.status
        raise InvoiceNotOpen(f"the invoice is {status}", status=status)
    if invoice.payment_url is not None or invoice.gateway_reference is not None:
        return invoice
    if (gateway := gateways.get(invoice.gateway)) is None:
        raise GatewayUnavailable("the gateway of this invoice is not set up; make a new one")
    opened = await gateway.open(invoice, row["payer_email"] or "")
    if opened.url is None and opened.reference is None:
        return invoice
    async with db.transaction() as tx:
        current = await lock_invoice(tx, invoice_id)
        if current.gateway_reference is not None:
            return current
        change = (
            update(payment_invoices)
            .where(payment_invoices.c.id == invoice_id)
            .values(gateway_reference=opened.reference, payment_url=opened.url, watched_at=now)
            .returning(payment_invoices)
        )
        stored = invoice_of((await tx.execute(change)).mappings().one())
        about = Proof(invoice.gateway, opened.reference or "", invoice.amount)
        await note_event(tx, invoice_id, "opened", Said("owner"), about)
        return stored
