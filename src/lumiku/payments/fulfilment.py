"""What is delivered when an invoice is paid, and taken back when it is refunded, by kind."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.credits.errors import InsufficientCredits
from lumiku.credits.ledger import adjust, grant
from lumiku.payments.errors import CreditsSpent
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


async def take_back_package(tx: AsyncConnection, invoice: Invoice, _now: datetime) -> None:
    """Take a refunded package's credits, as many as the refund says.

    Raises:
        CreditsSpent: so many are not free any more.
    """
    taken = invoice.refunded_credits or 0
    try:
        await adjust(
            tx,
            invoice.user_id,
            -taken,
            f"payment-refund:{invoice.id}",
            actor_id=None,
            note=f"Refund of {invoice.number}",
        )
    except InsufficientCredits as error:
        raise CreditsSpent(
            "the credits were spent in this moment; try again", credits=taken, available=error.available
        ) from error
