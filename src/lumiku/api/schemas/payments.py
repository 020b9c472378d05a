"""Payments as the API shows them."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, StrictInt, StringConstraints, model_validator

from lumiku.api.schemas.base import AnswerBody, Line, Pagination, RequestBody
from lumiku.payments.model import EventSource, Invoice, InvoiceKind, InvoiceStatus, Verdict
from lumiku.payments.settings import Package


class PackageBody(AnswerBody):
    """Credits for sale."""

    id: str = Field(examples=["credits-1500"])
    credits: int = Field(examples=[1_500])
    amount: int = Field(description="Whole rupiah.", examples=[100_000])
    currency: str = Field(examples=["IDR"])

    @classmethod
    def of(cls, package: Package) -> "PackageBody":
        """As the settings have it."""
        return cls(id=package.id, credits=package.credits, amount=package.amount, currency="IDR")


class PackagesAnswer(AnswerBody):
    """What can be bought, and how it is paid."""

    packages: list[PackageBody]
    gateway: str = Field(description="How new payments are made; manual: by hand.", examples=["manual"])


class PaymentRequest(RequestBody):
    """What to buy: a package, or a month of a plan. There is no amount in it: prices are the server's."""

    package_id: Annotated[str | None, Field(min_length=1, max_length=64, examples=["credits-1500"])] = None
    plan: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=16,
            description="As `POST /api/background-remover/subscription` does.",
            examples=[None],
        ),
    ] = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.package_id is None) == (self.plan is None):
            raise ValueError("packageId or plan, one of them")
        return self


class PaymentBody(AnswerBody):
    """A payment: what is to be paid, for what, and how it stands."""

    id: UUID
    number: str = Field(description="Of the invoice, for people.", examples=["INV-2026-000123"])
    kind: InvoiceKind
    item: str = Field(description="The package's id, or the plan.", examples=["credits-1500"])
    description: str = Field(examples=["1,500 credits"])
    amount: int = Field(description="Whole rupiah.", examples=[100_000])
    currency: str = Field(examples=["IDR"])
    credits: int = Field(description="Of a package.", examples=[1_500])
    status: InvoiceStatus
    gateway: str = Field(examples=["manual"])
    payment_url: str | None = Field(description="Where to pay; none: by hand, or ask for it with `pay`.")
    instructions: str | None = Field(description="How to pay by hand.", examples=[None])
    created_at: datetime
    expires_at: datetime = Field(description="Until then it can be paid.")
    paid_at: datetime | None
    refunded_at: datetime | None
    refunded_amount: int | None = Field(examples=[None])
    refunded_credits: int | None = Field(examples=[None])
    invoice_url: str = Field(description="The invoice as a page that prints well.")

    @classmethod
    def of(cls, invoice: Invoice, instructions: str = "", **more: Any) -> Self:
        """For its owner; how to pay by hand is shown while it waits to be paid so."""
        by_hand = invoice.status == "pending" and invoice.gateway == "manual" and bool(instructions)
        shown = {name: getattr(invoice, name) for name in cls.model_fields if hasattr(invoice, name)}
        return cls(
            **shown,
            instructions=instructions if by_hand else None,
            invoice_url=f"/api/payments/{invoice.id}/invoice",
            **more,
        )


class PaymentAnswer(AnswerBody):
    """One payment."""

    payment: PaymentBody


class PaymentsAnswer(AnswerBody):
    """A page of payments, the newest first."""

    payments: list[PaymentBody]
    pagination: Pagination


class CallbackAnswer(AnswerBody):
    """What the gateway said is stored."""

    received: Literal[True] = True


class EventBody(AnswerBody):
    """One thing that was said about a payment; it never changes."""

    id: int = Field(examples=[1])
    source: EventSource
    verdict: Verdict
    gateway: str = Field(examples=["manual"])
    reference: str | None = Field(examples=["transfer 4711"])
    amount: int | None = Field(examples=[100_000])
    actor_id: UUID | None
    note: str
    created_at: datetime


class AdminPaymentBody(PaymentBody):
    """A payment as administrators see it."""

    user_id: UUID
    email: str = Field(description="Of the payer; empty once they have left.", examples=["ada@example.com"])
    gateway_reference: str | None = Field(examples=[None])
    paid_by: str | None = Field(description="The gateway that the money came through.", examples=["manual"])
    paid_reference: str | None = Field(examples=["transfer 4711"])


class RefundableBody(AnswerBody):
    """What a refund could give back now."""

    amount: int = Field(
        description="Whole rupiah. Less than was paid: it takes `partial`; 0: nothing.", examples=[40_000]
    )
    credits: int = Field(description="Of a package, that are free to be taken back.", examples=[600])


class AdminPaymentAnswer(AnswerBody):
    """One payment, with everything that was said about it."""

    payment: AdminPaymentBody
    refundable: RefundableBody | None = Field(description="Null where it is not paid.")
    events: list[EventBody]


class AdminPaymentsAnswer(AnswerBody):
    """A page of payments of all accounts, the newest first."""

    payments: list[AdminPaymentBody]
    pagination: Pagination


Text = Annotated[Line, StringConstraints(max_length=500)]


class ConfirmRequest(RequestBody):
    """That the money came in."""

    reference: Annotated[
        Line,
        StringConstraints(max_length=200),
        Field(description="Of the transfer; it can pay one invoice.", examples=["transfer 4711"]),
    ] = ""
    amount: StrictInt | None = Field(
        default=None, ge=1, description="What came in, checked against the invoice; without it, its amount."
    )
    note: Annotated[Text, Field(examples=["Seen on the account on Monday"])] = ""


class WithdrawRequest(RequestBody):
    """Why it is withdrawn, for the record."""

    note: Annotated[Text, Field(examples=["Ordered twice"])] = ""


class HandledRequest(RequestBody):
    """What was done about money that nothing was delivered for."""

    note: Annotated[Text, StringConstraints(min_length=1), Field(examples=["Sent back on Monday"])]


class RefundRequest(RequestBody):
    """Why it is refunded."""

    reason: Annotated[Text, StringConstraints(min_length=1), Field(examples=["Bought twice by mistake"])]
    partial: bool = Field(
        default=False, description="Where credits of a package are spent: refund what is free, at its share."
    )
