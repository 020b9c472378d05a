"""A person's endpoints: made, listed, changed, removed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.db import Database
from lumiku.core.ids import new_id
from lumiku.intake.address import check_public, parse_address
from lumiku.intake.errors import SourceRefused
from lumiku.webhooks.disable import disable
from lumiku.webhooks.errors import BadEndpoint, EndpointNotFound, TooManyEndpoints
from lumiku.webhooks.events import EVENTS
from lumiku.webhooks.model import Endpoint, endpoint_of
from lumiku.webhooks.settings import WebhooksSettings
from lumiku.webhooks.tables import webhook_endpoints as endpoints

_URL_LENGTH: Final = 2048
_DESCRIPTION_LENGTH: Final = 200

# Twins that make endpoints of one account at the same time count one after the other.
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended('webhooks:' || CAST(:user_id AS text), 0))")


@dataclass(frozen=True)
class Wanted:
    """What a new endpoint is to be."""

    url: str
    events: tuple[str, ...]
    description: str = ""


@dataclass(frozen=True)
class EndpointChange:
    """What is None stays."""

    url: str | None = None
    events: tuple[str, ...] | None = None
    description: str | None = None
    enabled: bool | None = None


async def create_endpoint(
    db: Database, user_id: UUID, wanted: Wanted, *, settings: WebhooksSettings
) -> Endpoint:
    """A new endpoint, enabled.

    Raises:
        BadEndpoint: an address, event or description that we do not take.
        SourceRefused: an address that we do not send to.
        TooManyEndpoints: the account has as many as it may have.
    """
    row = {
        "url": _url(wanted.url, settings),
        "events": _events(wanted.events),
        "description": _description(wanted.description),
    }
    async with db.transaction() as tx:
        await tx.execute(_ALONE, {"user_id": user_id})
        count = select(func.count()).where(endpoints.c.user_id == user_id)
        if (await tx.execute(count)).scalar_one() >= settings.max_endpoints:
            raise TooManyEndpoints(
                f"an account has at most {settings.max_endpoints} webhooks", limit=settings.max_endpoints
            )
        made = insert(endpoints).values(id=new_id(), user_id=user_id, **row).returning(endpoints)
        return endpoint_of((await tx.execute(made)).mappings().one())


async def list_endpoints(tx: AsyncConnection, user_id: UUID) -> list[Endpoint]:
    """All of an account, the oldest first."""
    found = select(endpoints).where(endpoints.c.user_id == user_id).order_by(endpoints.c.id)
    return [endpoint_of(row) for row in (await tx.execute(found)).mappings()]


async def find_endpoint(
    tx: AsyncConnection, user_id: UUID, endpoint_id: UUID, *, lock: bool = False
) -> Endpoint:
    """One of the account's.

    Raises:
        EndpointNotFound: it is not there, or another's.
    """
    found = select(endpoints).where(endpoints.c.id == endpoint_id, endpoints.c.user_id == user_id)
    row = (
        (await tx.execute(found.with_for_update(key_share=True) if lock else found)).mappings().one_or_none()
    )
    if row is None:
        raise EndpointNotFound("there is no such webhook")
    return endpoint_of(row)


async def change_endpoint(
    db: Database,
    user_id: UUID,
    endpoint_id: UUID,
    change: EndpointChange,
    *,
    settings: WebhooksSettings,
    now: datetime,
) -> Endpoint:
    """The endpoint after the change. Enabled again, it begins with a clean record.

    Raises:
        EndpointNotFound: it is not there, or another's.
        BadEndpoint, SourceRefused: as for `create_endpoint`.
    """
    values: dict[str, object] = {}
    if change.url is not None:
        values["url"] = _url(change.url, settings)
    if change.events is not None:
        values["events"] = _events(change.events)
    if change.description is not None:
        values["description"] = _description(change.description)
    async with db.transaction() as tx:
        endpoint = await find_endpoint(tx, user_id, endpoint_id, lock=True)
        if change.enabled and endpoint.disabled_at is not None:
            values |= {"disabled_at": None, "disabled_reason": None, "failing_since": None}
        if values:
            await tx.execute(update(endpoints).where(endpoints.c.id == endpoint_id).values(values))
        if change.enabled is False:
            await disable(tx, endpoint, "owner", now=now)
        return await find_endpoint(tx, user_id, endpoint_id)


async def rotate_secret(db: Database, user_id: UUID, endpoint_id: UUID, *, now: datetime) -> Endpoint:
    """A new secret; the one before goes on signing for a day.

    Raises:
        EndpointNotFound: it is not there, or another's.
    """
    async with db.transaction() as tx:
        endpoint = await find_endpoint(tx, user_id, endpoint_id, lock=True)
        rotated = (
            update(endpoints)
            .where(endpoints.c.id == endpoint_id)
            .values(generation=endpoint.generation + 1, rotated_at=now)
            .returning(endpoints)
        )
        return endpoint_of((await tx.execute(rotated)).mappings().one())


async def delete_endpoint(db: Database, user_id: UUID, endpoint_id: UUID) -> None:
    """Remove it with its deliveries.

    Raises:
        EndpointNotFound: it is not there, or another's.
    """
    async with db.transaction() as tx:
        gone = delete(endpoints).where(endpoints.c.id == endpoint_id, endpoints.c.user_id == user_id)
        if not (await tx.execute(gone)).rowcount:
            raise EndpointNotFound("there is no such webhook")


async def delete_endpoints_of(tx: AsyncConnection, user_id: UUID) -> None:
    """Remove all of an account that goes."""
    await tx.execute(delete(endpoints).where(endpoints.c.user_id == user_id))


def _url(given: str, settings: WebhooksSettings) -> str:
    """Checked as far as that goes without asking a name server; the rest is checked at each sending."""
    try:
        return _public_url(given, settings)
    except SourceRefused as error:  # said of a webhook, not of a picture
        raise SourceRefused(error.message, **{**error.details, "reason": BadEndpoint.reason}) from error


def _public_url(given: str, settings: WebhooksSettings) -> str:
    url = parse_address(given)
    if url.scheme != "https" and not settings.allow_http:
        raise SourceRefused("The address must begin with https://.")
    if len(str(url)) > _URL_LENGTH:
        raise BadEndpoint(f"the address is longer than {_URL_LENGTH} characters", field="url")
    try:
        address = ip_address(url.host)
    except ValueError:
        return str(url)
    if not settings.allow_private_addresses:
        check_public([address])
    return str(url)


def _events(given: Iterable[str]) -> list[str]:
    events = list(dict.fromkeys(given))
    unknown = [event for event in events if event not in EVENTS]
    if unknown or not events:
        raise BadEndpoint(
            "the events are " + ", ".join(EVENTS), field="events", reason="BAD_EVENTS", allowed=list(EVENTS)
        )
    return events


def _description(given: str) -> str:
    if len(given) > _DESCRIPTION_LENGTH or not given.isprintable():
        raise BadEndpoint(
            f"a description is one line of at most {_DESCRIPTION_LENGTH} characters",
            field="description",
            reason="BAD_DESCRIPTION",
        )
    return given
