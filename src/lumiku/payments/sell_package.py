"""Buying a package of credits."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.payments.create_invoice import create_invoice
from lumiku.payments.errors import PackageNotFound
from lumiku.payments.model import Invoice, Order
from lumiku.payments.settings import PaymentsSettings


async def sell_package(
    tx: AsyncConnection, user_id: UUID, package_id: str, *, settings: PaymentsSettings, now: datetime
) -> Invoice:
    """Make an invoice for a package at the price of the settings.

    Args:
        tx: the caller's transaction.
        user_id: who buys.
        package_id: which one.
        settings: with packages, prices and the gateway.
        now: the time.

    Raises:
        PackageNotFound: no such package is for sale.
        TooManyInvoices: the account has too many unpaid ones.
    """
    for package in settings.packages:
        if package.id == package_id:
            order = Order(
                "package", package.id, f"{package.credits:,} credits", package.amount, package.credits
            )
            return await create_invoice(
                tx, user_id, order, gateway=settings.gateway, now=now, settings=settings
            )
    raise PackageNotFound("no such package is for sale", field="packageId")
