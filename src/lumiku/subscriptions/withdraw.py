"""Withdrawing an invoice that nobody has paid, with what was waited for because of it."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.accounts.audit import record
from lumiku.payments.cancel_invoice import cancel_invoice
from lumiku.payments.events import Said
from lumiku.payments.lock import lock_invoice
from lumiku.payments.model import Invoice
from lumiku.payments.open_invoices import open_invoices
from lumiku.subscriptions.changes import Act, record_change, state_now
from lumiku.subscriptions.repository import find_locked
from lumiku.subscriptions.selling import OF_MONTHS, Selling


async def withdraw(
    tx: AsyncConnection,
    invoice_id: UUID,
    said: Said,
    *,
    rules: Selling,
    now: datetime,
    owner: UUID | None = None,
) -> Invoice:
    """Withdraw an invoice; a subscription whose first month it was for is not waited for any more.

    Again changes nothing. Money that comes in all the same is settled, and then gives the month.

    Args:
        tx: the caller's transaction; it takes the payer's lock.
        invoice_id: which one.
        said: who withdraws it: its owner, or an administrator, who is audited.
        rules: plans and payments.
        now: the time.
        owner: whose it must be; None: anybody's.

    Raises:
        InvoiceNotFound: there is no such invoice, or it is not the owner's.
        InvoiceNotOpen: it was paid.
    """
    before = await lock_invoice(tx, invoice_id)
    invoice = await cancel_invoice(tx, invoice_id, now, owner=owner, said=said)
    if before.status == "pending" and said.source == "admin":
        who = {"actor_id": said.actor_id, "subject_id": invoice.user_id}
        await record(tx, "payment.withdrawn", **who, invoice=str(invoice.id))
    if invoice.kind == "plan":
        await _stop_waiting(tx, invoice, said, rules=rules, now=now)
    return invoice


async def _stop_waiting(
    tx: AsyncConnection, invoice: Invoice, said: Said, *, rules: Selling, now: datetime
) -> None:
    """End the state `pending_payment` where no invoice is left that could end it."""
    settings, user_id = rules.subscriptions, invoice.user_id
    before = await find_locked(tx, user_id)
    if before is None or state_now(before, settings, now) != "pending_payment":
        return
    if await open_invoices(tx, user_id, OF_MONTHS, now):
        return
    after = replace(before, pending_until=None)
    act = Act("cancel", "operator" if said.source == "admin" else "owner", said.actor_id, invoice.id)
    await record_change(tx, before, after, act, settings=settings, now=now)
