"""Plans, and one's own subscription: what it is, what happened, cancelling it and going on."""

from typing import Any, Final

from lumiku.api.access import public, user
from lumiku.api.deps import CurrentCaller, Given
from lumiku.api.limits import STATUS, limited
from lumiku.api.route import new_router
from lumiku.api.schemas.base import PageLimit, PageNumber, Pagination
from lumiku.api.schemas.subscriptions import (
    CancelRequest,
    PlanBody,
    PlansAnswer,
    SubscriptionAnswer,
    SubscriptionBody,
    SubscriptionEventBody,
    SubscriptionEventsAnswer,
)
from lumiku.core.page import Page
from lumiku.subscriptions.cancel import cancel
from lumiku.subscriptions.plans import offered_plans
from lumiku.subscriptions.reactivate import reactivate
from lumiku.subscriptions.read import as_seen, history, see

router = new_router("subscription")

SUBSCRIPTION: Final = "/api/background-remover/subscription"
CHANGES: Final = limited("subscription")
REFUSED: Final[dict[int | str, dict[str, Any]]] = {
    400: {"description": "No such plan is offered."},
    409: {
        "description": "Its state does not allow that; or the idempotency key was used for another request."
    },
}

NONE: Final[dict[str, Any]] = {"description": "There is no subscription."}


@router.get("/api/background-remover/plans", dependencies=[public])
async def list_plans(services: Given) -> PlansAnswer:
    """What each plan costs a month, and what each of its days holds."""
    settings = services.settings.subscriptions
    return PlansAnswer(
        plans=[PlanBody.of(name, plan) for name, plan in offered_plans(settings).items()],
        zone=settings.zone,
        grace_days=settings.grace_days,
    )


@router.get(SUBSCRIPTION, dependencies=[user("subscription:read"), STATUS])
async def read_subscription(caller: CurrentCaller, services: Given) -> SubscriptionAnswer:
    """One's own subscription as it is now, with today's quota; null where there never was one."""
    settings, now = services.settings.subscriptions, services.clock()
    async with services.db.transaction() as tx:
        seen = await see(tx, caller.user_id, settings=settings, now=now)
    return SubscriptionAnswer(subscription=None if seen is None else SubscriptionBody.of(seen))


@router.delete(
    SUBSCRIPTION, dependencies=[user("subscription:write"), CHANGES], responses={404: NONE, 409: REFUSED[409]}
)
async def cancel_subscription(
    caller: CurrentCaller, services: Given, wanted: CancelRequest | None = None
) -> SubscriptionAnswer:
    """Let nothing follow. What was paid for can be used until its end; again changes nothing."""
    rules, now = services.settings, services.clock()
    reason = "" if wanted is None else wanted.reason
    async with services.db.transaction() as tx:
        changed = await cancel(tx, caller.user_id, reason=reason, rules=rules, now=now)
        seen = await as_seen(tx, changed, settings=rules.subscriptions, now=now)
    return SubscriptionAnswer(subscription=SubscriptionBody.of(seen))


@router.post(
    f"{SUBSCRIPTION}/reactivate",
    dependencies=[user("subscription:write"), CHANGES],
    responses={404: NONE, 409: REFUSED[409]},
)
async def reactivate_subscription(caller: CurrentCaller, services: Given) -> SubscriptionAnswer:
    """Take a cancellation back while what was paid for lasts."""
    rules, now = services.settings, services.clock()
    async with services.db.transaction() as tx:
        changed = await reactivate(tx, caller.user_id, rules=rules, now=now)
        seen = await as_seen(tx, changed, settings=rules.subscriptions, now=now)
    return SubscriptionAnswer(subscription=SubscriptionBody.of(seen))


@router.get(f"{SUBSCRIPTION}/events", dependencies=[user("subscription:read"), STATUS])
async def list_own_events(
    caller: CurrentCaller, services: Given, page: PageNumber = 1, limit: PageLimit = 20
) -> SubscriptionEventsAnswer:
    """What happened to one's subscription, the latest first."""
    async with services.db.transaction() as tx:
        found = await history(tx, caller.user_id, Page(page, limit))
    return SubscriptionEventsAnswer(
        events=[SubscriptionEventBody.of(each) for each in found.items],
        pagination=Pagination.of(page=page, limit=limit, total=found.total),
    )
