"""For administrators: everybody's payments, confirming and refunding them."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import JSONResponse

from lumiku.accounts.repository import addresses_of
from lumiku.api.access import admin
from lumiku.api.deps import CurrentCaller, Given
from lumiku.api.idempotency import OptionalKey, answered, do_once, fingerprint
from lumiku.api.limits import STATUS
from lumiku.api.route import new_router
from lumiku.api.schemas.base import PageLimit, PageNumber, Pagination
from lumiku.api.schemas.payments import (
    AdminPaymentAnswer,
    AdminPaymentBody,
    AdminPaymentsAnswer,
    ConfirmRequest,
    EventBody,
    HandledRequest,
    RefundableBody,
    RefundRequest,
    WithdrawRequest,
)
from lumiku.core.idempotency import Answer
from lumiku.core.page import Page
from lumiku.payments.confirm import Confirmation, confirm
from lumiku.payments.events import Said, events_of
from lumiku.payments.mark_handled import mark_handled
from lumiku.payments.model import InvoiceStatus
from lumiku.payments.read import Sought, find_invoice, list_invoices
from lumiku.payments.refund import Refund, refund, refundable
from lumiku.subscriptions.withdraw import withdraw

router = new_router("administration")


@router.get("/api/admin/payments", dependencies=[admin, STATUS])
async def list_everybodys(
    services: Given,
    *,
    status: Annotated[InvoiceStatus | None, Query(description="Only those.")] = None,
    user_id: Annotated[UUID | None, Query(alias="userId", description="Of this account only.")] = None,
    attention: Annotated[
        bool,
        Query(description="Only those whose money delivered nothing, and that nobody marked handled."),
    ] = False,
    page: PageNumber = 1,
    limit: PageLimit = 20,
) -> AdminPaymentsAnswer:
    """Payments of all accounts, the newest first."""
    async with services.db.transaction() as tx:
        found = await list_invoices(tx, Sought(user_id, status, attention), Page(page, limit))
        emails = await addresses_of(tx, [invoice.user_id for invoice in found.items])
    return AdminPaymentsAnswer(
        payments=[AdminPaymentBody.of(each, email=emails[each.user_id]) for each in found.items],
        pagination=Pagination.of(page=page, limit=limit, total=found.total),
    )


@router.get("/api/admin/payments/{payment_id}", dependencies=[admin, STATUS])
async def read_anybodys(payment_id: UUID, services: Given) -> AdminPaymentAnswer:
    """One payment, with what a refund could give back, and everything that was said about it."""
    async with services.db.transaction() as tx:
        return await _shown(tx, payment_id)


@router.post(
    "/api/admin/payments/{payment_id}/confirm",
    response_model=AdminPaymentAnswer,
    dependencies=[admin, STATUS],
    responses={
        400: {"description": "Not the invoice's amount: OTHER_AMOUNT."},
        409: {
            "description": "Paid by another payment, the transfer paid another invoice, or the key's other "
            "request: ALREADY_PAID, PAYMENT_USED, IDEMPOTENCY_CONFLICT."
        },
    },
)
async def confirm_payment(
    payment_id: UUID,
    said: ConfirmRequest,
    caller: CurrentCaller,
    services: Given,
    request: Request,
    *,
    key: OptionalKey = None,
) -> JSONResponse:
    """Say that the money came in: delivers what it is for, once. Also for invoices that are over."""

    async def run(tx: AsyncConnection) -> Answer:
        about = Confirmation(said.reference, said.amount, said.note, caller.user_id)
        await confirm(tx, payment_id, about, fulfil=services.fulfilment, now=services.clock())
        return Answer(200, {}, (await _shown(tx, payment_id)).model_dump(mode="json"))

    request_hash = payment_id.bytes + fingerprint(said)
    return answered(await do_once(request, key=key, request_hash=request_hash, run=run))


@router.post(
    "/api/admin/payments/{payment_id}/withdraw",
    dependencies=[admin, STATUS],
    responses={409: {"description": "It was paid: INVOICE_NOT_OPEN."}},
)
async def withdraw_payment(
    payment_id: UUID, wanted: WithdrawRequest, caller: CurrentCaller, services: Given
) -> AdminPaymentAnswer:
    """Withdraw an unpaid payment; again changes nothing. Money that still comes in is not lost."""
    async with services.db.transaction() as tx:
        said = Said("admin", caller.user_id, wanted.note)
        await withdraw(tx, payment_id, said, rules=services.settings, now=services.clock())
        return await _shown(tx, payment_id)


@router.post("/api/admin/payments/{payment_id}/handled", dependencies=[admin, STATUS])
async def mark_payment_handled(
    payment_id: UUID, said: HandledRequest, caller: CurrentCaller, services: Given
) -> AdminPaymentAnswer:
    """Say what was done about money that nothing was delivered for. Again changes nothing."""
    async with services.db.transaction() as tx:
        await mark_handled(tx, payment_id, said.note, actor_id=caller.user_id)
        return await _shown(tx, payment_id)


@router.post(
    "/api/admin/payments/{payment_id}/refund",
    response_model=AdminPaymentAnswer,
    dependencies=[admin, STATUS],
    responses={
        409: {
            "description": "Never paid, credits of the package are spent (details say what a partial refund "
            "gives back), refunded before, or the key's other request: INVOICE_NOT_PAID, CREDITS_SPENT, "
            "ALREADY_REFUNDED, IDEMPOTENCY_CONFLICT."
        },
    },
)
async def refund_payment(
    payment_id: UUID,
    wanted: RefundRequest,
    caller: CurrentCaller,
    services: Given,
    request: Request,
    *,
    key: OptionalKey = None,
) -> JSONResponse:
    """Take back what was delivered and note the refund; the money is sent back by the gateway's own means."""

    async def run(tx: AsyncConnection) -> Answer:
        about = Refund(wanted.reason, wanted.partial, caller.user_id)
        await refund(tx, payment_id, about, fulfil=services.fulfilment, now=services.clock())
        return Answer(200, {}, (await _shown(tx, payment_id)).model_dump(mode="json"))

    request_hash = payment_id.bytes + fingerprint(wanted)
    return answered(await do_once(request, key=key, request_hash=request_hash, run=run))


async def _shown(tx: AsyncConnection, payment_id: UUID) -> AdminPaymentAnswer:
    invoice = await find_invoice(tx, payment_id)
    emails = await addresses_of(tx, [invoice.user_id])
    back = await refundable(tx, invoice) if invoice.status == "paid" else None
    return AdminPaymentAnswer(
        payment=AdminPaymentBody.of(invoice, email=emails[invoice.user_id]),
        refundable=None if back is None else RefundableBody.model_validate(back),
        events=[EventBody.model_validate(event) for event in await events_of(tx, payment_id)],
    )
