"""The invoices of an account that can still be paid."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.payments.model import Invoice, InvoiceKind, invoice_of
from lumiku.payments.tables import payment_invoices


async def open_invoices(
    tx: AsyncConnection, user_id: UUID, kinds: Collection[InvoiceKind], now: datetime
) -> Sequence[Invoice]:
    """Those of these kinds, the latest first; whoever decides on them has `lock_payer` before."""
    columns = payment_invoices.c
    query = select(payment_invoices).where(
        columns.user_id == user_id,
        columns.status == "pending",
        columns.expires_at > now,
        columns.kind.in_(kinds),
    )
    rows = await tx.execute(query.order_by(columns.serial.desc()))
    return [invoice_of(row) for row in rows.mappings()]
