"""Confirming by hand that an invoice was paid."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.accounts.audit import record
from lumiku.core.errors import InvalidInput
from lumiku.payments.errors import AlreadyPaid, OtherAmount
from lumiku.payments.events import Said
from lumiku.payments.fulfilment import Fulfilment
from lumiku.payments.gateways.manual import NAME
from lumiku.payments.lock import lock_invoice
from lumiku.payments.model import Invoice, Proof
from lumiku.payments.settle import settle

_MAX_REFERENCE: Final = 200


@dataclass(frozen=True)
class Confirmation:
    """What an administrator says came in.

    Attributes:
        reference: of the transfer, such as the bank's; empty: none in particular.
        amount: whole rupiah; None: exactly the invoice's.
        note: for the record.
        actor_id: the administrator; None: the command line.
    """

    reference: str = ""
    amount: int | None = None
    note: str = ""
    actor_id: UUID | None = None


async def confirm(
    tx: AsyncConnection, invoice_id: UUID, said: Confirmation, *, fulfil: Fulfilment, now: datetime
) -> Invoice:
    """Settle an invoice of any gateway by hand; the same confirmation again changes nothing.

    Args:
        tx: the caller's transaction.
        invoice_id: which one.
        said: what came in.
        fulfil: what delivers.
        now: when it is paid.

    Raises:
        InvoiceNotFound: there is no such invoice.
        AlreadyPaid: another payment has paid it.
        OtherAmount: not the invoice's amount came in.
        PaymentUsed: the reference has paid another invoice.
        InvalidInput: the reference is too long.
    """
    reference = said.reference.strip()
    if len(reference) > _MAX_REFERENCE or not reference.isprintable():
        raise InvalidInput(f"a reference has at most {_MAX_REFERENCE} printable characters")
    invoice = await lock_invoice(tx, invoice_id)
    proof = Proof(NAME, reference or str(invoice.id), said.amount or invoice.amount)
    if proof.amount != invoice.amount:
        raise OtherAmount("the amount is not the invoice's", expected=invoice.amount, paid=proof.amount)
    if invoice.paid_at is not None:
        if (invoice.paid_by, invoice.paid_reference) == (proof.gateway, proof.reference):
            return invoice
        raise AlreadyPaid("another payment has paid this invoice", paid_by=invoice.paid_by)
    source = Said("admin", said.actor_id, said.note)
    paid = await settle(tx, invoice_id, proof, fulfil=fulfil, now=now, said=source)
    about = {"actor_id": said.actor_id, "subject_id": invoice.user_id}
    await record(tx, "payment.confirmed", **about, invoice=str(invoice.id))
    return paid
