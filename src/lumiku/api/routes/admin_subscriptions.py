"""For administrators: all subscriptions, months given and taken back, suspensions, each with a reason."""

from collections.abc import Awaitable, Callable
from typing import Any, Final
from uuid import UUID

from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request

from lumiku.api.access import admin
from lumiku.api.asked import hash_of
from lumiku.api.deps import CurrentCaller, Given
from lumiku.api.idempotency import IdempotencyKey, answer_once
from lumiku.api.limits import STATUS
from lumiku.api.route import new_router
from lumiku.api.schemas.base import PageLimit, PageNumber, Pagination
from lumiku.api.schemas.subscriptions import (
    AdminSubscriptionBody,
    AdminSubscriptionsAnswer,
    DecisionRequest,
    GrantRequest,
    SubscriptionAnswer,
    SubscriptionBody,
)
from lumiku.bootstrap import Services
from lumiku.core.idempotency import Answer
from lumiku.core.page import Page
from lumiku.subscriptions.errors import NoSubscription
from lumiku.subscriptions.model import Subscription
from lumiku.subscriptions.operate import Decision, grant_plan, resume, revoke, suspend
from lumiku.subscriptions.read import as_seen, list_subscriptions, see

router = new_router("administration")

_ALL: Final = "/api/admin/subscriptions"
_OF_USER: Final = f"{_ALL}/{{user_id}}"
_NONE: Final[dict[str, Any]] = {"description": "There is no such account, or it has no subscription."}


@router.get(_ALL, dependencies=[admin, STATUS])
async def list_everybodys_subscriptions(
    services: Given, page: PageNumber = 1, limit: PageLimit = 20
) -> AdminSubscriptionsAnswer:
    """Subscriptions of all accounts as they are now, the latest first."""
    settings, now = services.settings.subscriptions, services.clock()
    async with services.db.transaction() as tx:
        found = await list_subscriptions(tx, Page(page, limit), settings=settings, now=now)
    return AdminSubscriptionsAnswer(
        subscriptions=[
            AdminSubscriptionBody.of(seen, user_id=seen.subscription.user_id, email=email)
            for email, seen in found.items
        ],
        pagination=Pagination.of(page=page, limit=limit, total=found.total),
    )


@router.get(_OF_USER, dependencies=[admin, STATUS], responses={404: _NONE})
async def read_anothers_subscription(user_id: UUID, services: Given) -> SubscriptionAnswer:
    """Somebody's subscription as it is now."""
    settings, now = services.settings.subscriptions, services.clock()
    async with services.db.transaction() as tx:
        seen = await see(tx, user_id, settings=settings, now=now)
    if seen is None:
        raise NoSubscription
    return SubscriptionAnswer(subscription=SubscriptionBody.of(seen))


@router.post(
    f"{_OF_USER}/grant",
    status_code=201,
    response_model=SubscriptionAnswer,
    dependencies=[admin, STATUS],
    responses={
        400: {"description": "No such plan, or no reason."},
        404: {"description": "There is no such account."},
        409: {"description": "The idempotency key was used for another request, or that one still runs."},
    },
)
async def give_months(
    *,
    user_id: UUID,
    wanted: GrantRequest,
    request: Request,
    caller: CurrentCaller,
    services: Given,
    key: IdempotencyKey,
) -> JSONResponse:
    """Give months of a plan that nobody pays for; done once for each Idempotency-Key."""
    decision = Decision(caller.user_id, wanted.reason)

    async def run(tx: AsyncConnection) -> Answer:
        rules, now = services.settings, services.clock()
        changed = await grant_plan(tx, user_id, wanted.plan, wanted.months, decision, rules=rules, now=now)
        seen = await as_seen(tx, changed, settings=rules.subscriptions, now=now)
        body = SubscriptionAnswer(subscription=SubscriptionBody.of(seen))
        return Answer(201, {}, body.model_dump(mode="json"))

    fingerprint = hash_of(user=str(user_id), wanted=wanted.model_dump(mode="json"))
    return await answer_once(request, key=key, request_hash=fingerprint, run=run)


@router.post(
    f"{_OF_USER}/revoke",
    response_model=SubscriptionAnswer,
    dependencies=[admin, STATUS],
    responses={
        400: {"description": "No reason."},
        404: _NONE,
        409: {
            "description": "Nothing that was given is left, or it was upgraded with money; or the"
            " idempotency key was used for another request, or that one still runs."
        },
    },
)
async def take_months_back(
    *,
    user_id: UUID,
    wanted: DecisionRequest,
    request: Request,
    caller: CurrentCaller,
    services: Given,
    key: IdempotencyKey,
) -> JSONResponse:
    """Take back, now, what is left of the months that nobody paid for; done once for each Idempotency-Key."""
    decision = Decision(caller.user_id, wanted.reason)

    async def run(tx: AsyncConnection) -> Answer:
        rules, now = services.settings, services.clock()
        changed = await revoke(tx, user_id, decision, rules=rules, now=now)
        seen = await as_seen(tx, changed, settings=rules.subscriptions, now=now)
        body = SubscriptionAnswer(subscription=SubscriptionBody.of(seen))
        return Answer(200, {}, body.model_dump(mode="json"))

    fingerprint = hash_of(user=str(user_id), wanted=wanted.model_dump(mode="json"))
    return await answer_once(request, key=key, request_hash=fingerprint, run=run)


@router.post(f"{_OF_USER}/suspend", dependencies=[admin, STATUS], responses={404: _NONE})
async def suspend_subscription(
    user_id: UUID, wanted: DecisionRequest, caller: CurrentCaller, services: Given
) -> SubscriptionAnswer:
    """Let nothing of it be used any more; its time runs on. Again changes nothing."""
    return await _decided(suspend, user_id, Decision(caller.user_id, wanted.reason), services)


@router.post(f"{_OF_USER}/resume", dependencies=[admin, STATUS], responses={404: _NONE})
async def resume_subscription(
    user_id: UUID, wanted: DecisionRequest, caller: CurrentCaller, services: Given
) -> SubscriptionAnswer:
    """Let it be used again. Where it is not suspended, nothing changes."""
    return await _decided(resume, user_id, Decision(caller.user_id, wanted.reason), services)


async def _decided(
    decide: Callable[..., Awaitable[Subscription]], user_id: UUID, decision: Decision, services: Services
) -> SubscriptionAnswer:
    rules, now = services.settings, services.clock()
    async with services.db.transaction() as tx:
        changed = await decide(tx, user_id, decision, rules=rules, now=now)
        seen = await as_seen(tx, changed, settings=rules.subscriptions, now=now)
    return SubscriptionAnswer(subscription=SubscriptionBody.of(seen))
