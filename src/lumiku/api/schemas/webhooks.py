"""Webhooks as the API shows them."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StrictBool, StringConstraints

from lumiku.api.schemas.base import AnswerBody, Line, Pagination, RequestBody
from lumiku.webhooks.events import EVENTS, EventType
from lumiku.webhooks.model import Delivery, DeliveryStatus, DisabledReason, Endpoint, FailureReason

_URL = "https://example.com/lumiku"
_EVENTS = "; ".join(f"`{name}`: {meaning}" for name, meaning in EVENTS.items())

Url = Annotated[
    str,
    StringConstraints(min_length=1, max_length=2048, pattern=r"^[^\x00-\x20\x7f\\]+$"),
    Field(description="Where events are posted: https, on the public internet.", examples=[_URL]),
]
Events = Annotated[
    tuple[EventType, ...],
    Field(min_length=1, max_length=20, description=_EVENTS, examples=[["batch.completed"]]),
]
Description = Annotated[Line, StringConstraints(max_length=200), Field(examples=["The shop"])]


class WebhookRequest(RequestBody):
    """A new webhook."""

    url: Url
    events: Events
    description: Description = ""


class WebhookChangeRequest(RequestBody):
    """What is left out stays."""

    url: Url | None = None
    events: Events | None = None
    description: Description | None = None
    enabled: StrictBool | None = Field(
        default=None, description="false: nothing is sent, and what waits has failed.", examples=[True]
    )


class WebhookBody(AnswerBody):
    """A webhook, without its secret."""

    id: UUID
    url: str = Field(examples=[_URL])
    events: tuple[EventType, ...] = Field(examples=[["batch.completed"]])
    description: str = Field(examples=["The shop"])
    enabled: bool
    disabled_at: datetime | None = Field(examples=[None])
    disabled_reason: DisabledReason | None = Field(
        description="owner: by hand; gone: it answered 410; failing: it took nothing for days.",
        examples=[None],
    )
    failing_since: datetime | None = Field(
        description="Of the first failure that nothing has arrived after.", examples=[None]
    )
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, endpoint: Endpoint) -> "WebhookBody":
        """As lists show it."""
        names = cls.model_fields.keys() - {"enabled"}
        shown = {name: getattr(endpoint, name) for name in names}
        return cls(**shown, enabled=endpoint.disabled_at is None)


class NewWebhookBody(WebhookBody):
    """A webhook with its secret."""

    secret: str = Field(
        description="Verifies signatures; any Standard Webhooks library takes it as it is.",
        examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="],
        repr=False,
    )


class WebhookAnswer(AnswerBody):
    """One webhook."""

    webhook: WebhookBody


class NewWebhookAnswer(AnswerBody):
    """The new webhook."""

    webhook: NewWebhookBody


class WebhooksAnswer(AnswerBody):
    """All webhooks, the oldest first."""

    webhooks: list[WebhookBody]


class SecretAnswer(AnswerBody):
    """The secret that verifies a webhook's signatures."""

    secret: str = Field(repr=False, examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="])


class DeliveryBody(AnswerBody):
    """One event on its way to one webhook."""

    id: UUID
    webhook_id: UUID
    message_id: str = Field(
        description="The header `webhook-id`; the same in every try.",
        examples=["msg_0190c5a27c1e7b2a9f003c5d1e2f4a6b"],
    )
    type: str = Field(examples=["batch.completed"])
    data: dict[str, Any]
    status: DeliveryStatus
    attempts: int = Field(examples=[1])
    next_attempt_at: datetime | None
    last_attempt_at: datetime | None
    last_status: int | None = Field(description="HTTP status of the latest answer.", examples=[200])
    last_error: str | None = Field(examples=[None])
    last_reason: FailureReason | None = Field(
        description="`lastError` for programs. refused: by its status; redirect: none is followed; timeout: "
        "no answer in time; connection: failed or cut short; no_http: something else came; unknown_host: its "
        "name is not found; bad_address: private or the like; unclear: not understood; disabled: the webhook "
        "meanwhile.",
        examples=[None],
    )
    created_at: datetime

    @classmethod
    def of(cls, delivery: Delivery) -> "DeliveryBody":
        """As lists show it."""
        return cls(
            id=delivery.id,
            webhook_id=delivery.endpoint_id,
            message_id=delivery.message_id,
            type=delivery.event_type,
            data=delivery.payload,
            status=delivery.status,
            attempts=delivery.attempts,
            next_attempt_at=delivery.next_at,
            last_attempt_at=delivery.attempted_at,
            last_status=delivery.last_status,
            last_error=delivery.last_error,
            last_reason=delivery.last_reason,
            created_at=delivery.created_at,
        )


class DeliveryAnswer(AnswerBody):
    """One delivery."""

    delivery: DeliveryBody


class DeliveriesAnswer(AnswerBody):
    """A page of deliveries, the newest first."""

    deliveries: list[DeliveryBody]
    pagination: Pagination
