"""Invoices for tests of payments."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.db import Database
from lumiku.payments.create_invoice import create_invoice
from lumiku.payments.events import events_of
from lumiku.payments.fulfilment import Fulfilment, grant_package
from lumiku.payments.model import Invoice, Order, Proof
from lumiku.payments.settings import PaymentsSettings
from lumiku.payments.settle import settle

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
SETTINGS = PaymentsSettings()
PACKAGE = Order("package", "credits-1500", "1,500 credits", 100_000, 1_500)
PLAN = Order("plan", "pro", "Pro, one month", 299_000)


async def _deliver(_tx: AsyncConnection, _invoice: Invoice, _now: datetime) -> None:
    """Plans are another package's business."""


FULFIL = Fulfilment(paid={"package": grant_package, "plan": _deliver}, refunded={"plan": _deliver})


async def invoice_for(
    db: Database, user_id: UUID, order: Order = PACKAGE, *, gateway: str = "manual", now: datetime = NOW
) -> Invoice:
    async with db.transaction() as tx:
        return await create_invoice(tx, user_id, order, gateway=gateway, now=now, settings=SETTINGS)


def proof_of(invoice: Invoice, reference: str = "", gateway: str | None = None) -> Proof:
    return Proof(gateway or invoice.gateway, reference or str(invoice.id), invoice.amount)


async def settle_now(db: Database, invoice: Invoice, proof: Proof | None = None) -> Invoice:
    async with db.transaction() as tx:
        return await settle(tx, invoice.id, proof or proof_of(invoice), fulfil=FULFIL, now=NOW)


async def verdicts(db: Database, invoice: Invoice) -> list[str]:
    async with db.transaction() as tx:
        return [event.verdict for event in await events_of(tx, invoice.id)]
