"""Locks of payments: a payer's before anything else of theirs, then the invoice's, then the payment's."""

from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.payments.errors import InvoiceNotFound
from lumiku.payments.model import Invoice, invoice_of
from lumiku.payments.tables import payment_invoices

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('payer:' || CAST(:user_id AS text), 0))")

_LOCK_REFERENCE = text("SELECT pg_advisory_xact_lock(hashtextextended('payment:' || :reference, 0))")


async def lock_payer(tx: AsyncConnection, user_id: UUID) -> None:
    """Until the transaction ends, nothing else settles, makes, cancels or refunds this person's invoices.

    Whoever wants a subscription's row and an invoice's takes this first: settling goes from the invoice to
    the subscription, a change of plan the other way; only this keeps them from waiting for each other.
    """
    await tx.execute(_LOCK, {"user_id": str(user_id)})


async def lock_reference(tx: AsyncConnection, gateway: str, reference: str) -> None:
    """Until the transaction ends, nothing else is settled by this payment; taken after the invoice's lock."""
    await tx.execute(_LOCK_REFERENCE, {"reference": f"{gateway}/{reference}"})


async def lock_invoice(tx: AsyncConnection, invoice_id: UUID) -> Invoice:
    """The invoice as it is now, locked together with its payer until the transaction ends.

    Raises:
        InvoiceNotFound: there is no such invoice.
    """
    owner = select(payment_invoices.c.user_id).where(payment_invoices.c.id == invoice_id)
    user_id = await tx.scalar(owner)
    if user_id is None:
        raise InvoiceNotFound("there is no such invoice")
    await lock_payer(tx, user_id)
    query = select(payment_invoices).where(payment_invoices.c.id == invoice_id).with_for_update()
    return invoice_of((await tx.execute(query)).mappings().one())
