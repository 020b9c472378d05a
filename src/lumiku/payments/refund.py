"""Refunding an invoice: what it delivered is taken back in the transaction that says so."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.accounts.audit import record
from lumiku.core.errors import InvalidInput
from lumiku.credits.ledger import balance
from lumiku.payments.errors import AlreadyRefunded, CreditsSpent, InvoiceNotPaid, NothingFulfils
from lumiku.payments.events import Said, note_event
from lumiku.payments.fulfilment import Fulfilment
from lumiku.payments.lock import lock_invoice
from lumiku.payments.model import Invoice, Proof, invoice_of
from lumiku.payments.tables import payment_invoices

_log = structlog.get_logger("lumiku.payments")


@dataclass(frozen=True)
class Refund:
    """What is decided.

    Attributes:
        reason: for the record; it may not be empty.
        partial: give back only the part of a package whose credits are free, where some are spent.
        actor_id: the administrator; None: the command line.
    """

    reason: str
    partial: bool = False
    actor_id: UUID | None = None


@dataclass(frozen=True)
class Share:
    """What of an invoice a refund gives back.

    Attributes:
        amount: whole rupiah; 0: nothing can be given back now.
        credits: of a package, that are taken back for it.
    """

    amount: int
    credits: int


async def refundable(tx: AsyncConnection, invoice: Invoice) -> Share:
    """What a refund of a paid invoice could give back at this moment.

    All of it; or, of a package of which credits are spent, those that are free at their share of the price,
    rounded down to whole rupiah.
    """
    if not invoice.credits:
        return Share(invoice.amount, 0)
    free = max(0, min((await balance(tx, invoice.user_id)).available, invoice.credits))
    return Share(invoice.amount * free // invoice.credits, free)


async def refund(
    tx: AsyncConnection, invoice_id: UUID, wanted: Refund, *, fulfil: Fulfilment, now: datetime
) -> Invoice:
    """Mark an invoice refunded and take back what it delivered, once.

    The money itself is sent back by whoever decides this, with the gateway's own means: this keeps the books.

    Args:
        tx: the caller's transaction; when it fails, everything is as before.
        invoice_id: which one.
        wanted: what is decided.
        fulfil: what takes back.
        now: when it is refunded.

    Raises:
        InvoiceNotFound: there is no such invoice.
        AlreadyRefunded: it was refunded before: whoever asks must not think that this was theirs.
        InvoiceNotPaid: it was never paid.
        CreditsSpent: not all of a package's credits are free, or for a partial refund none is.
        InvalidInput: there is no reason.
        NothingFulfils: nobody takes back this kind.
    """
    if not wanted.reason.strip():
        raise InvalidInput("a refund needs a reason", field="reason")
    invoice = await lock_invoice(tx, invoice_id)
    if invoice.status == "refunded":
        raise AlreadyRefunded("the invoice was refunded already", amount=invoice.refunded_amount)
    if invoice.status != "paid":
        raise InvoiceNotPaid(f"the invoice is {invoice.status}", status=invoice.status)
    take_back = fulfil.refunded.get(invoice.kind)
    if take_back is None:
        raise NothingFulfils(f"nothing takes back an invoice of kind {invoice.kind}")
    share = await _share(tx, invoice, partial=wanted.partial)
    change = (
        update(payment_invoices)
        .where(payment_invoices.c.id == invoice_id)
        .values(
            status="refunded",
            refunded_at=now,
            refunded_amount=share.amount,
            refunded_credits=share.credits,
        )
        .returning(payment_invoices)
    )
    refunded = invoice_of((await tx.execute(change)).mappings().one())
    await take_back(tx, refunded, now)
    said = Said("admin", wanted.actor_id, wanted.reason)
    about = Proof(invoice.paid_by or invoice.gateway, invoice.paid_reference or "", share.amount)
    await note_event(tx, invoice_id, "refunded", said, about)
    who = {"actor_id": wanted.actor_id, "subject_id": invoice.user_id}
    await record(tx, "payment.refunded", **who, invoice=str(invoice.id))
    _log.info("invoice refunded", invoice=invoice.number, kind=invoice.kind)
    return refunded


async def _share(tx: AsyncConnection, invoice: Invoice, *, partial: bool) -> Share:
    """All of it; or, where credits are spent and it was asked for, what is free and its price."""
    share = await refundable(tx, invoice)
    whole = share.credits == invoice.credits
    if not whole and not (partial and share.amount):
        raise CreditsSpent(
            f"{share.credits} of the package's {invoice.credits} credits are free to be taken back",
            credits=invoice.credits,
            available=share.credits,
            refundable_amount=share.amount,
        )
    return share
