"""Invoices, and what is said about them, as the rest of the program sees them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import RowMapping

from lumiku.core.errors import InvalidInput

InvoiceKind = Literal["package", "plan", "upgrade"]
InvoiceStatus = Literal["pending", "paid", "expired", "cancelled", "refunded"]
EventSource = Literal["owner", "admin", "callback", "status", "schedule", "plans"]
Verdict = Literal[
    "created",
    "opened",
    "claimed",
    "paid",
    "duplicate",
    "surplus",
    "other_amount",
    "failed",
    "expired",
    "cancelled",
    "refunded",
    "handled",
]

CURRENCY: Final = "IDR"
MAX_AMOUNT: Final = 10_000_000_000


@dataclass(frozen=True)
class Order:
    """What is to be paid for; every value comes from the server's own settings, none from a client.

    Attributes:
        item: the package's id or the plan's name.
        amount: whole rupiah, at least 1.
        credits: what a package holds; 0 for everything else.
        detail: facts that `kind`'s own fulfilment needs, as JSON.
    """

    kind: InvoiceKind
    item: str
    description: str
    amount: int
    credits: int = 0
    detail: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if isinstance(self.amount, bool) or not 1 <= self.amount <= MAX_AMOUNT:
            raise InvalidInput(f"an invoice is about 1 to {MAX_AMOUNT} rupiah")
        if self.credits < 0 or (self.kind == "package") != (self.credits > 0):
            raise InvalidInput("a package, and nothing else, holds credits")


@dataclass(frozen=True)
class Invoice:
    """What somebody is to pay, or has paid.

    Attributes:
        number: for people, such as INV-2026-000123.
        amount: whole rupiah.
        credits: what a package holds; 0 for everything else.
        gateway: by which it is meant to be paid.
        gateway_reference: what that gateway calls it; None: not asked yet, or it has no name for it.
        payment_url: where to pay; None: nowhere yet, or by hand.
        detail: facts of its kind.
        paid_by: the gateway that the money really came through.
        paid_reference: what that gateway calls the payment.
        refunded_amount: whole rupiah given back; None: it was not refunded.
        refunded_credits: credits taken back.
    """

    id: UUID
    number: str
    user_id: UUID
    kind: InvoiceKind
    item: str
    description: str
    amount: int
    currency: str
    credits: int
    status: InvoiceStatus
    gateway: str
    gateway_reference: str | None
    payment_url: str | None
    detail: Mapping[str, Any]
    created_at: datetime
    expires_at: datetime
    paid_at: datetime | None
    paid_by: str | None
    paid_reference: str | None
    refunded_at: datetime | None
    refunded_amount: int | None
    refunded_credits: int | None


@dataclass(frozen=True)
class Proof:
    """That money came in, as a gateway says after it was checked.

    Attributes:
        gateway: its name.
        reference: what it calls this payment. Equal references of one gateway are one payment, so it must be
            something that nobody else can vary.
        amount: whole rupiah that were paid.
    """

    gateway: str
    reference: str
    amount: int


@dataclass(frozen=True)
class Event:
    """One thing that was said about an invoice, never changed."""

    id: int
    invoice_id: UUID
    source: EventSource
    verdict: Verdict
    gateway: str
    reference: str | None
    amount: int | None
    actor_id: UUID | None
    note: str
    created_at: datetime


def number_of(serial: int, created_at: datetime) -> str:
    """What people call an invoice."""
    return f"INV-{created_at.year}-{serial:06}"


def serial_of(number: str) -> int:
    """The serial in an invoice's number.

    Raises:
        InvalidInput: it is no such number.
    """
    prefix, _, rest = number.strip().upper().partition("-")
    digits = rest.rpartition("-")[2]
    if prefix != "INV" or not (digits.isascii() and digits.isdigit() and len(digits) <= 18):
        raise InvalidInput("an invoice's number looks like INV-2026-000123")
    return int(digits)


def invoice_of(row: RowMapping) -> Invoice:
    """From a row with all columns."""
    values = {each.name: row[each.name] for each in fields(Invoice) if each.name != "number"}
    return Invoice(number=number_of(row["serial"], row["created_at"]), **values)


def event_of(row: RowMapping) -> Event:
    """From a row with all columns."""
    return Event(**{each.name: row[each.name] for each in fields(Event)})
