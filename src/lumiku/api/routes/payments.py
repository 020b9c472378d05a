"""Payments: packages, one's own invoices, and what gateways call."""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from lumiku.api.access import public, user
from lumiku.api.csv import csv_answer
from lumiku.api.deps import CurrentCaller, Given
from lumiku.api.idempotency import OptionalKey, do_once, fingerprint
from lumiku.api.invoice_page import invoice_page
from lumiku.api.limits import STATUS, limited
from lumiku.api.paying import with_page
from lumiku.api.request_bodies import CALLBACK_BODY
from lumiku.api.route import new_router
from lumiku.api.schemas.base import PageLimit, PageNumber, Pagination
from lumiku.api.schemas.payments import (
    CallbackAnswer,
    PackageBody,
    PackagesAnswer,
    PaymentAnswer,
    PaymentBody,
    PaymentRequest,
    PaymentsAnswer,
)
from lumiku.core.errors import NotFound
from lumiku.core.idempotency import Answer
from lumiku.core.page import Page
from lumiku.payments.events import Said
from lumiku.payments.gateways import duitku
from lumiku.payments.gateways.base import Callback
from lumiku.payments.model import Invoice, InvoiceStatus
from lumiku.payments.open_payment import open_payment
from lumiku.payments.read import Sought, every_invoice, find_invoice, list_invoices
from lumiku.payments.receive_callback import receive_callback
from lumiku.payments.sell_package import sell_package
from lumiku.subscriptions.subscribe import subscribe
from lumiku.subscriptions.withdraw import withdraw

router = new_router("payments")

_CHANGES: Final = limited("subscription", "payments")
_CSV: Final = (
    *("number", "created", "status", "kind", "item", "description", "amount", "currency", "credits"),
    *("paid", "refunded", "refunded_amount", "refunded_credits"),
)


@router.get("/api/payments/packages", dependencies=[public, STATUS])
async def list_packages(services: Given) -> PackagesAnswer:
    """Credits for sale."""
    settings = services.settings.payments
    return PackagesAnswer(
        packages=[PackageBody.of(package) for package in settings.packages], gateway=settings.gateway
    )


@router.post(
    "/api/payments",
    status_code=201,
    response_model=PaymentAnswer,
    dependencies=[user("credits:write"), _CHANGES],
    responses={
        400: {"description": "No such package is for sale (UNKNOWN_PACKAGE), or no such plan is offered."},
        409: {
            "description": "Too many unpaid payments, the key's other request, or a state of the subscription"
            " that does not allow it: TOO_MANY_INVOICES, IDEMPOTENCY_CONFLICT, CONFLICT."
        },
    },
)
async def buy(
    wanted: PaymentRequest, caller: CurrentCaller, services: Given, request: Request, key: OptionalKey = None
) -> JSONResponse:
    """Begin to buy credits or a month of a plan: delivered when the server has verified this very payment.

    A key needs the scope `subscription:write` too for a plan.
    """
    settings = services.settings.payments
    if wanted.plan is not None:
        caller.require("subscription:write")

    async def run(tx: AsyncConnection) -> Answer:
        now = services.clock()
        if wanted.plan is not None:
            _, invoice = await subscribe(tx, caller.user_id, wanted.plan, rules=services.settings, now=now)
        else:
            package = wanted.package_id or ""
            invoice = await sell_package(tx, caller.user_id, package, settings=settings, now=now)
        body = PaymentAnswer(payment=PaymentBody.of(invoice, settings.instructions))
        return Answer(201, {"Location": f"/api/payments/{invoice.id}"}, body.model_dump(mode="json"))

    return await with_page(
        request, await do_once(request, key=key, request_hash=fingerprint(wanted), run=run)
    )


@router.get(
    "/api/payments",
    response_model=PaymentsAnswer,
    dependencies=[user("credits:read"), STATUS],
    responses={
        200: {"content": {"text/csv": {"schema": {"type": "string"}}}},
        413: {"description": "There are more than 100,000 payments for a CSV file."},
    },
)
async def list_payments(
    caller: CurrentCaller,
    services: Given,
    *,
    page: PageNumber = 1,
    limit: PageLimit = 20,
    status: Annotated[InvoiceStatus | None, Query(description="Only those.")] = None,
    as_format: Annotated[
        Literal["json", "csv"], Query(alias="format", description="csv: all of them, as a file.")
    ] = "json",
) -> PaymentsAnswer | Response:
    """One's own payments, the newest first; as CSV all of them, the oldest first."""
    async with services.db.transaction() as tx:
        if as_format == "csv":
            every = await every_invoice(tx, caller.user_id)
            return csv_answer("payments", _CSV, (_row(invoice) for invoice in every))
        found = await list_invoices(tx, Sought(caller.user_id, status), Page(page, limit))
    instructions = services.settings.payments.instructions
    return PaymentsAnswer(
        payments=[PaymentBody.of(invoice, instructions) for invoice in found.items],
        pagination=Pagination.of(page=page, limit=limit, total=found.total),
    )


@router.get("/api/payments/{payment_id}", dependencies=[user("credits:read"), STATUS])
async def read_payment(payment_id: UUID, caller: CurrentCaller, services: Given) -> PaymentAnswer:
    """One payment."""
    async with services.db.transaction() as tx:
        invoice = await find_invoice(tx, payment_id, owner=caller.user_id)
    return PaymentAnswer(payment=PaymentBody.of(invoice, services.settings.payments.instructions))


@router.get(
    "/api/payments/{payment_id}/invoice",
    response_class=HTMLResponse,
    dependencies=[user("credits:read"), STATUS],
)
async def read_invoice(payment_id: UUID, caller: CurrentCaller, services: Given) -> HTMLResponse:
    """The invoice, or once it is paid the receipt, as a page that prints well."""
    async with services.db.transaction() as tx:
        invoice = await find_invoice(tx, payment_id, owner=caller.user_id)
        return await invoice_page(tx, invoice, services.settings)


_NOT_OPEN: Final[dict[int | str, dict[str, Any]]] = {
    409: {"description": "It does not wait to be paid: INVOICE_NOT_OPEN."}
}


@router.post(
    "/api/payments/{payment_id}/pay", dependencies=[user("credits:write"), _CHANGES], responses=_NOT_OPEN
)
async def pay(payment_id: UUID, caller: CurrentCaller, services: Given) -> PaymentAnswer:
    """Where to pay: asks the gateway, if it has not been asked or did not answer then."""
    invoice = await open_payment(
        services.db, payment_id, services.gateways, services.clock(), owner=caller.user_id
    )
    return PaymentAnswer(payment=PaymentBody.of(invoice, services.settings.payments.instructions))


@router.post(
    "/api/payments/{payment_id}/cancel", dependencies=[user("credits:write"), _CHANGES], responses=_NOT_OPEN
)
async def cancel(payment_id: UUID, caller: CurrentCaller, services: Given) -> PaymentAnswer:
    """Withdraw an unpaid payment; again changes nothing. Money that still comes in is not lost.

    A plan that was asked for with it, and never had, is not waited for any more.
    """
    async with services.db.transaction() as tx:
        said = Said("owner", caller.user_id)
        invoice = await withdraw(
            tx, payment_id, said, rules=services.settings, now=services.clock(), owner=caller.user_id
        )
    return PaymentAnswer(payment=PaymentBody.of(invoice))


@router.post(
    "/api/payments/duitku/callback",
    dependencies=[public, limited("callback", "duitku")],
    responses={
        400: {"description": "No form, or another amount than the invoice's: INVALID_INPUT, OTHER_AMOUNT."},
        403: {"description": "The signature is not Duitku's: SIGNATURE_INVALID."},
        404: {"description": "There is no such invoice, or Duitku is not set up here."},
        409: {"description": "The payment has paid another invoice: PAYMENT_USED."},
    },
    openapi_extra=CALLBACK_BODY,
)
async def duitku_callback(request: Request, services: Given) -> CallbackAnswer:
    """What Duitku calls when something became of a payment; 200 says that it is stored."""
    gateway = services.gateways.get(duitku.NAME)
    if gateway is None:
        raise NotFound("nothing is here")
    callback = Callback(dict(request.headers), await request.body())
    await receive_callback(services.db, gateway, callback, fulfil=services.fulfilment, now=services.clock())
    return CallbackAnswer()


def _row(invoice: Invoice) -> tuple[object, ...]:
    return (
        *(invoice.number, invoice.created_at, invoice.status, invoice.kind, invoice.item),
        *(invoice.description, invoice.amount, invoice.currency, invoice.credits, invoice.paid_at),
        *(invoice.refunded_at, invoice.refunded_amount, invoice.refunded_credits),
    )
