"""Making an invoice."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.ids import new_id
from lumiku.payments.errors import TooManyInvoices
from lumiku.payments.events import Said, note_event
from lumiku.payments.lock import lock_payer
from lumiku.payments.model import CURRENCY, Invoice, Order, Proof, invoice_of
from lumiku.payments.settings import PaymentsSettings
from lumiku.payments.tables import payment_invoices


async def create_invoice(
    tx: AsyncConnection,
    user_id: UUID,
    order: Order,
    *,
    gateway: str,
    now: datetime,
    settings: PaymentsSettings,
    expires_at: datetime | None = None,
) -> Invoice:
    """Make a pending invoice; `open_payment` then asks the gateway for a page to pay on.

    It takes the payer's lock: who locks a subscription in the same transaction takes `lock_payer` before.

    Args:
        tx: the caller's transaction.
        user_id: who is to pay.
        order: what for, at the server's own price.
        gateway: the name of the gateway to pay by.
        now: the invoice can be paid from now until `settings.expire_after_s` later.
        settings: of payments.
        expires_at: another end than the settings'.

    Raises:
        TooManyInvoices: the account has `settings.max_open` unpaid ones already.
    """
    await lock_payer(tx, user_id)
    waiting = select(func.count()).where(
        payment_invoices.c.user_id == user_id,
        payment_invoices.c.status == "pending",
        payment_invoices.c.expires_at > now,
    )
    if (await tx.scalar(waiting) or 0) >= settings.max_open:
        raise TooManyInvoices("too many unpaid invoices; pay or cancel some of them first")
    made = (
        insert(payment_invoices)
        .values(
            id=new_id(),
            user_id=user_id,
            kind=order.kind,
            item=order.item,
            description=order.description,
            amount=order.amount,
            currency=CURRENCY,
            credits=order.credits,
            gateway=gateway,
            detail=dict(order.detail),
            created_at=now,
            expires_at=expires_at or now + timedelta(seconds=settings.expire_after_s),
        )
        .returning(payment_invoices)
    )
    invoice = invoice_of((await tx.execute(made)).mappings().one())
    await note_event(tx, invoice.id, "created", Said("owner"), Proof(gateway, "", invoice.amount))
    return invoice
