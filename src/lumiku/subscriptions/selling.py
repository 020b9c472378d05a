"""The sections of the settings that selling plans reads, and the invoices that it makes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.payments.cancel_invoice import cancel_invoice
from lumiku.payments.create_invoice import create_invoice
from lumiku.payments.events import Said
from lumiku.payments.model import Invoice, InvoiceKind, Order
from lumiku.payments.open_invoices import open_invoices
from lumiku.payments.settings import PaymentsSettings
from lumiku.pricing.settings import PricingSettings
from lumiku.subscriptions.settings import SubscriptionsSettings

OURS: Final[tuple[InvoiceKind, ...]] = ("plan", "upgrade")
OF_MONTHS: Final[tuple[InvoiceKind, ...]] = ("plan",)
# A price by the microsecond would make a new invoice each time.
_SAME_PRICE_FOR: Final = timedelta(minutes=15)


class Selling(Protocol):
    """The sections of `lumiku.settings.Settings` that are read here."""

    @property
    def subscriptions(self) -> SubscriptionsSettings:
        """Plans."""

    @property
    def payments(self) -> PaymentsSettings:
        """How invoices are paid."""

    @property
    def pricing(self) -> PricingSettings:
        """What a credit is worth."""


@dataclass(frozen=True)
class Bill:
    """An invoice that was found or made."""

    invoice: Invoice
    is_new: bool


async def bill(
    tx: AsyncConnection,
    user_id: UUID,
    order: Order,
    *,
    rules: Selling,
    now: datetime,
    expires_at: datetime | None = None,
) -> Bill:
    """An invoice for this, and no second one: one that waits already is it, others of its kind are withdrawn.

    Args:
        tx: the caller's transaction, which has `lock_payer`.
        user_id: who is to pay.
        order: what for, at the server's price.
        rules: how it is paid.
        now: the time.
        expires_at: until when it can be paid; None: as the settings say.

    Raises:
        TooManyInvoices: the account has too many unpaid ones.
    """
    gateway = rules.payments.gateway
    for waiting in await open_invoices(tx, user_id, (order.kind,), now):
        same = (waiting.item, waiting.gateway) == (order.item, gateway)
        fresh = order.kind == "upgrade" and now - waiting.created_at < _SAME_PRICE_FOR
        if same and (waiting.amount == order.amount or fresh) and _about_the_same(waiting, order):
            return Bill(waiting, is_new=False)
        await cancel_invoice(tx, waiting.id, now, said=Said("plans"))
    made = await create_invoice(
        tx, user_id, order, gateway=gateway, now=now, settings=rules.payments, expires_at=expires_at
    )
    return Bill(made, is_new=True)


async def withdraw_bills(
    tx: AsyncConnection, user_id: UUID, kinds: Collection[InvoiceKind], now: datetime
) -> None:
    """Cancel what waits to be paid; money that still comes in is settled all the same."""
    for waiting in await open_invoices(tx, user_id, kinds, now):
        await cancel_invoice(tx, waiting.id, now, said=Said("plans"))


def _about_the_same(waiting: Invoice, order: Order) -> bool:
    return waiting.detail.get("until") == order.detail.get("until")
