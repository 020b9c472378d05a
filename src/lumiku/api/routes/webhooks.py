"""Webhooks: where events are posted, their secrets, and what became of each event."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query

from lumiku.api.access import user
from lumiku.api.deps import CurrentCaller, Given
from lumiku.api.limits import STATUS, limited
from lumiku.api.route import new_router
from lumiku.api.schemas.accounts import DoneAnswer
from lumiku.api.schemas.base import PageLimit, PageNumber, Pagination
from lumiku.api.schemas.webhooks import (
    DeliveriesAnswer,
    DeliveryAnswer,
    DeliveryBody,
    NewWebhookAnswer,
    NewWebhookBody,
    SecretAnswer,
    WebhookAnswer,
    WebhookBody,
    WebhookChangeRequest,
    WebhookRequest,
    WebhooksAnswer,
)
from lumiku.core.page import Page
from lumiku.webhooks import endpoints
from lumiku.webhooks.deliveries import list_deliveries, redeliver, send_test
from lumiku.webhooks.model import DeliveryStatus
from lumiku.webhooks.sign import secret_of

router = new_router("webhooks")

_READ: Final = [user("webhooks:read"), STATUS]
_WRITE: Final = [user("webhooks:write"), STATUS]
_SEND: Final = [user("webhooks:write"), limited("subscription", "webhook-sendings")]
_DISABLED: Final[dict[int | str, dict[str, Any]]] = {
    409: {"description": "The webhook is disabled (WEBHOOK_DISABLED)."}
}


@router.get("/api/webhooks", dependencies=_READ)
async def list_webhooks(caller: CurrentCaller, services: Given) -> WebhooksAnswer:
    """All webhooks of the account."""
    async with services.db.autocommit() as tx:
        found = await endpoints.list_endpoints(tx, caller.user_id)
    return WebhooksAnswer(webhooks=[WebhookBody.of(endpoint) for endpoint in found])


@router.post(
    "/api/webhooks",
    status_code=201,
    dependencies=_WRITE,
    responses={409: {"description": "The account has as many webhooks as it may have (TOO_MANY_WEBHOOKS)."}},
)
async def create_webhook(wanted: WebhookRequest, caller: CurrentCaller, services: Given) -> NewWebhookAnswer:
    """Make a webhook. From then on the events asked for are posted there, signed with the secret."""
    made = await endpoints.create_endpoint(
        services.db,
        caller.user_id,
        endpoints.Wanted(wanted.url, wanted.events, wanted.description),
        settings=services.settings.webhooks,
    )
    shown = WebhookBody.of(made).model_dump(by_alias=False)
    return NewWebhookAnswer(webhook=NewWebhookBody(**shown, secret=secret_of(services.secrets, made)))


@router.get("/api/webhooks/{webhook_id}", dependencies=_READ)
async def read_webhook(webhook_id: UUID, caller: CurrentCaller, services: Given) -> WebhookAnswer:
    """One webhook."""
    async with services.db.autocommit() as tx:
        found = await endpoints.find_endpoint(tx, caller.user_id, webhook_id)
    return WebhookAnswer(webhook=WebhookBody.of(found))


@router.put("/api/webhooks/{webhook_id}", dependencies=_WRITE)
async def change_webhook(
    webhook_id: UUID,
    caller: CurrentCaller,
    services: Given,
    change: WebhookChangeRequest | None = None,
) -> WebhookAnswer:
    """Change a webhook, switch it off or on; without a body, nothing changes."""
    wanted = endpoints.EndpointChange(**(change.model_dump(by_alias=False) if change else {}))
    settings, now = services.settings.webhooks, services.clock()
    changed = await endpoints.change_endpoint(
        services.db, caller.user_id, webhook_id, wanted, settings=settings, now=now
    )
    return WebhookAnswer(webhook=WebhookBody.of(changed))


@router.delete("/api/webhooks/{webhook_id}", dependencies=_WRITE)
async def delete_webhook(webhook_id: UUID, caller: CurrentCaller, services: Given) -> DoneAnswer:
    """Remove a webhook with its deliveries; what is being sent right now may still arrive."""
    await endpoints.delete_endpoint(services.db, caller.user_id, webhook_id)
    return DoneAnswer()


@router.get("/api/webhooks/{webhook_id}/secret", dependencies=_WRITE)
async def read_secret(webhook_id: UUID, caller: CurrentCaller, services: Given) -> SecretAnswer:
    """The secret again."""
    async with services.db.autocommit() as tx:
        found = await endpoints.find_endpoint(tx, caller.user_id, webhook_id)
    return SecretAnswer(secret=secret_of(services.secrets, found))


@router.post("/api/webhooks/{webhook_id}/secret", dependencies=_WRITE)
async def replace_secret(webhook_id: UUID, caller: CurrentCaller, services: Given) -> SecretAnswer:
    """A new secret. For a day, events are signed with the one before as well."""
    rotated = await endpoints.rotate_secret(services.db, caller.user_id, webhook_id, now=services.clock())
    return SecretAnswer(secret=secret_of(services.secrets, rotated))


@router.post("/api/webhooks/{webhook_id}/test", status_code=202, dependencies=_SEND, responses=_DISABLED)
async def try_webhook(webhook_id: UUID, caller: CurrentCaller, services: Given) -> DeliveryAnswer:
    """Send a `webhook.test` event, once; the answer it got is in the webhook's deliveries."""
    queued = await send_test(services.db, caller.user_id, webhook_id)
    return DeliveryAnswer(delivery=DeliveryBody.of(queued))


@router.get("/api/webhooks/{webhook_id}/deliveries", dependencies=_READ)
async def list_webhook_deliveries(
    webhook_id: UUID,
    caller: CurrentCaller,
    services: Given,
    *,
    page: PageNumber = 1,
    limit: PageLimit = 20,
    status: Annotated[DeliveryStatus | None, Query(description="Only those.")] = None,
) -> DeliveriesAnswer:
    """What was sent there in the last days, the newest first."""
    found = await list_deliveries(services.db, caller.user_id, webhook_id, Page(page, limit), status=status)
    return DeliveriesAnswer(
        deliveries=[DeliveryBody.of(delivery) for delivery in found.items],
        pagination=Pagination.of(page=page, limit=limit, total=found.total),
    )


@router.post(
    "/api/webhooks/deliveries/{delivery_id}/redeliver",
    status_code=202,
    dependencies=_SEND,
    responses=_DISABLED,
)
async def redeliver_event(delivery_id: UUID, caller: CurrentCaller, services: Given) -> DeliveryAnswer:
    """Send an event again, under the same `webhook-id`."""
    queued = await redeliver(services.db, caller.user_id, delivery_id, now=services.clock())
    return DeliveryAnswer(delivery=DeliveryBody.of(queued))
