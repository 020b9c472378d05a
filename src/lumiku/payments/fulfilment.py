"""What is delivered when an invoice is paid, and taken back when it is refunded, by kind."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.credits.ledger import grant
from lumiku.payments.model import Invoice, InvoiceKind

# In the transaction that settles the invoice; it may raise to undo all of it.
Deliver = Callable[[AsyncConnection, Invoice, datetime], Awaitable[None]]


@dataclass(frozen=True)
class Fulfilment:
    """One function for every kind of invoice, put together in bootstrap.

    Attributes:
        paid: delivers; it gets the invoice as paid.
        refunded: takes back; it gets the invoice as refunded, and raises where that cannot be.
    """

    paid: Mapping[InvoiceKind, Deliver]
    refunded: Mapping[InvoiceKind, Deliver]


async def grant_package(tx: AsyncConnection, invoice: Invoice, _now: datetime) -> None:
    """Grant a package's credits, once for ever: the ledger takes each reference once.

    Raises:
        NotFound: the payer has no credit account.
    """
    await grant(
        tx,
        invoice.user_id,
        invoice.credits,
        f"payment:{invoice.id}",
        kind="purchase",
        note=f"{invoice.description} ({invoice.number})",
    )
