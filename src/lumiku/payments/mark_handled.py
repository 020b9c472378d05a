"""Marking what somebody had to look at as handled."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.accounts.audit import record
from lumiku.core.errors import InvalidInput
from lumiku.payments.events import Said, needs_attention, note_event
from lumiku.payments.lock import lock_invoice
from lumiku.payments.model import Invoice, Proof


async def mark_handled(tx: AsyncConnection, invoice_id: UUID, note: str, *, actor_id: UUID | None) -> Invoice:
    """Say what was done about money that nothing was delivered for; it then needs no attention any more.

    Nothing else changes: the money is given back, or the invoice confirmed, before. Where nothing needs
    attention, nothing is noted. Another strange payment of the same invoice needs attention again.

    Args:
        tx: the caller's transaction.
        invoice_id: which one.
        note: what was done, for the record; it may not be empty.
        actor_id: the administrator; None: the command line.

    Raises:
        InvoiceNotFound: there is no such invoice.
        InvalidInput: there is no note.
    """
    if not note.strip():
        raise InvalidInput("say what was done about it", field="note")
    invoice = await lock_invoice(tx, invoice_id)
    if await tx.scalar(select(needs_attention(invoice_id))):
        about = Proof(invoice.gateway, "", 0)
        await note_event(tx, invoice_id, "handled", Said("admin", actor_id, note), about)
        await record(
            tx, "payment.handled", actor_id=actor_id, subject_id=invoice.user_id, invoice=str(invoice_id)
        )
    return invoice
