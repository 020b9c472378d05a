"""What routes that make invoices share: the page to pay on, in an answer that replays alike."""

from uuid import UUID

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse

from lumiku.api.deps import services_of
from lumiku.api.idempotency import answered
from lumiku.core.errors import Unavailable
from lumiku.core.idempotency import Answer, Replayable
from lumiku.payments.errors import InvoiceNotOpen
from lumiku.payments.open_payment import open_payment

log = structlog.get_logger("lumiku.payments")


async def with_page(request: Request, done: Replayable) -> JSONResponse:
    """The answer, whose `payment` gets its `paymentUrl` from the gateway, now that the invoice is stored.

    A gateway that is away leaves the address empty; `POST /api/payments/{id}/pay` asks again.
    """
    payment = done.answer.body["payment"]
    if payment is None:
        return answered(done)
    services = services_of(request)
    try:
        invoice = await open_payment(services.db, UUID(payment["id"]), services.gateways, services.clock())
    except (InvoiceNotOpen, Unavailable) as error:
        log.warning("a payment has no page yet", code=error.code)
        return answered(done)
    body = {**done.answer.body, "payment": {**payment, "paymentUrl": invoice.payment_url}}
    return answered(Replayable(Answer(done.answer.status, done.answer.headers, body), done.replayed))
