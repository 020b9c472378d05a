"""Endpoints and deliveries as the rest of the program sees them."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import RowMapping

DisabledReason = Literal["owner", "gone", "failing"]
DeliveryStatus = Literal["pending", "succeeded", "failed"]
FailureReason = Literal[
    "refused",
    "redirect",
    "timeout",
    "connection",
    "no_http",
    "unknown_host",
    "bad_address",
    "unclear",
    "disabled",
]


@dataclass(frozen=True)
class Endpoint:
    """Where events are sent.

    Attributes:
        generation: of its secret, from 1.
        rotated_at: when this generation began; None: with the endpoint.
        failing_since: the first of the failures that nothing has arrived after.
        disabled_reason: owner (by hand), gone (it answered 410), failing (for too long).
    """

    id: UUID
    user_id: UUID
    url: str
    events: tuple[str, ...]
    description: str
    generation: int
    rotated_at: datetime | None
    failing_since: datetime | None
    disabled_at: datetime | None
    disabled_reason: DisabledReason | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Delivery:
    """One event on its way to one endpoint.

    Attributes:
        next_at: when it is tried next; None: it has ended.
        last_status: HTTP status of the latest answer; None: there was none.
        last_error: why the latest try failed, for the owner; `last_reason` is the same for programs.
        attempted_at: when the latest try began.
    """

    id: UUID
    endpoint_id: UUID
    event_id: UUID
    event_type: str
    payload: dict[str, object]
    status: DeliveryStatus
    attempts: int
    next_at: datetime | None
    last_status: int | None
    last_error: str | None
    last_reason: FailureReason | None
    attempted_at: datetime | None
    created_at: datetime

    @property
    def message_id(self) -> str:
        """What a receiver knows the event by: the same in every try."""
        return f"msg_{self.event_id.hex}"


def endpoint_of(row: RowMapping) -> Endpoint:
    """From a row with all columns."""
    values = {field.name: row[field.name] for field in fields(Endpoint)}
    return Endpoint(**{**values, "events": tuple(values["events"])})


def delivery_of(row: RowMapping) -> Delivery:
    """From a row with all columns."""
    return Delivery(**{field.name: row[field.name] for field in fields(Delivery)})
