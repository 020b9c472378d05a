"""Asking for a month of a plan, or for another plan: an invoice, whose payment alone gives anything."""

from collections.abc import Awaitable, Callable

from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request

from lumiku.api.access import user
from lumiku.api.asked import hash_of
from lumiku.api.deps import CurrentCaller, Given
from lumiku.api.idempotency import OptionalKey, do_once
from lumiku.api.paying import with_page
from lumiku.api.route import new_router
from lumiku.api.routes.subscriptions import CHANGES, NONE, REFUSED, SUBSCRIPTION
from lumiku.api.schemas.payments import PaymentBody
from lumiku.api.schemas.plan_orders import OrderedAnswer, PlanRequest
from lumiku.api.schemas.subscriptions import SubscriptionBody
from lumiku.bootstrap import Services
from lumiku.core.idempotency import Answer
from lumiku.payments.model import Invoice
from lumiku.subscriptions.change_plan import change_plan
from lumiku.subscriptions.model import Subscription
from lumiku.subscriptions.read import as_seen
from lumiku.subscriptions.subscribe import subscribe

router = new_router("subscription")

Changed = tuple[Subscription, Invoice | None]


@router.post(
    SUBSCRIPTION,
    status_code=201,
    response_model=OrderedAnswer,
    dependencies=[user("subscription:write"), CHANGES],
    responses=REFUSED,
)
async def subscribe_to_plan(
    wanted: PlanRequest, request: Request, caller: CurrentCaller, services: Given, key: OptionalKey = None
) -> JSONResponse:
    """Ask for a month of a plan, or for another one. It begins when the server has verified its payment."""

    async def act(tx: AsyncConnection) -> Changed:
        rules, now = services.settings, services.clock()
        return await subscribe(tx, caller.user_id, wanted.plan, rules=rules, now=now)

    return await _ordered(request, services, act, key=key, status=201, asked=wanted.plan)


@router.post(
    f"{SUBSCRIPTION}/plan",
    response_model=OrderedAnswer,
    dependencies=[user("subscription:write"), CHANGES],
    responses={**REFUSED, 404: NONE},
)
async def change_own_plan(
    wanted: PlanRequest, request: Request, caller: CurrentCaller, services: Given, key: OptionalKey = None
) -> JSONResponse:
    """A dearer plan is in force once the difference for the time left is paid; another follows at the end.

    The present plan again takes a change back that is to follow.
    """

    async def act(tx: AsyncConnection) -> Changed:
        rules, now = services.settings, services.clock()
        return await change_plan(tx, caller.user_id, wanted.plan, rules=rules, now=now)

    return await _ordered(request, services, act, key=key, status=200, asked=wanted.plan)


async def _ordered(
    request: Request,
    services: Services,
    act: Callable[[AsyncConnection], Awaitable[Changed]],
    *,
    key: str | None,
    status: int,
    asked: str,
) -> JSONResponse:
    """Do it once, and answer with the subscription and what is to be paid, with the page to pay on."""
    settings = services.settings

    async def run(tx: AsyncConnection) -> Answer:
        changed, invoice = await act(tx)
        seen = await as_seen(tx, changed, settings=settings.subscriptions, now=services.clock())
        payment = None if invoice is None else PaymentBody.of(invoice, settings.payments.instructions)
        body = OrderedAnswer(subscription=SubscriptionBody.of(seen), payment=payment)
        return Answer(status, {}, body.model_dump(mode="json"))

    done = await do_once(request, key=key, request_hash=hash_of(plan=asked), run=run)
    return await with_page(request, done)
