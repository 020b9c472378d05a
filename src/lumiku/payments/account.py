"""What payments keep about a person: told on asking, and closed when their account goes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.payments.cancel_invoice import cancel_invoice
from lumiku.payments.lock import lock_payer
from lumiku.payments.read import every_invoice
from lumiku.payments.tables import payment_invoices

_HIDDEN = frozenset({"user_id", "payment_url", "detail"})


async def export_payments(tx: AsyncConnection, user_id: UUID) -> Sequence[Mapping[str, Any]]:
    """The account's invoices, the oldest first."""
    invoices = await every_invoice(tx, user_id)
    return [
        {name: value for name, value in vars(invoice).items() if name not in _HIDDEN} for invoice in invoices
    ]


async def close_payments(tx: AsyncConnection, user_id: UUID, now: datetime) -> None:
    """Withdraw what waits to be paid; invoices stay, for the books are kept."""
    await lock_payer(tx, user_id)
    waiting = select(payment_invoices.c.id).where(
        payment_invoices.c.user_id == user_id, payment_invoices.c.status == "pending"
    )
    for invoice_id in (await tx.scalars(waiting)).all():
        await cancel_invoice(tx, invoice_id, now)
