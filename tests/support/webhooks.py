"""Webhooks of one person, delivered by a clock that the tests set."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import RowMapping, select

from lumiku.core.clock import utc_now
from lumiku.core.db import Database
from lumiku.core.secrets import Secrets
from lumiku.intake.address import resolve
from lumiku.webhooks.deliver import Parts, deliver
from lumiku.webhooks.endpoints import Wanted, create_endpoint, find_endpoint
from lumiku.webhooks.events import EventType
from lumiku.webhooks.model import Endpoint
from lumiku.webhooks.publish import publish
from lumiku.webhooks.settings import WebhooksSettings
from lumiku.webhooks.tables import webhook_deliveries
from support.people import SECRETS
from support.resolver import FakeResolver

OPEN = WebhooksSettings(allow_http=True, allow_private_addresses=True, timeout_s=20)
EVENTS: tuple[EventType, ...] = ("removal.completed", "batch.completed")


@dataclass
class Post:
    """Webhooks with everything that they need but what a test is about."""

    db: Database
    user_id: UUID
    settings: WebhooksSettings = OPEN
    secrets: Secrets = SECRETS
    now: datetime = field(default_factory=utc_now)
    resolver: object = resolve

    async def endpoint(self, url: str, events: tuple[EventType, ...] = EVENTS) -> Endpoint:
        return await create_endpoint(self.db, self.user_id, Wanted(url, events), settings=self.settings)

    async def publish(self, event: EventType = "batch.completed", **payload: object) -> list[UUID]:
        """The new rows' ids."""
        before = {row["id"] for row in await self.rows()}
        async with self.db.transaction() as tx:
            await publish(tx, self.user_id, event, payload)
        return [row["id"] for row in await self.rows() if row["id"] not in before]

    async def deliver(self, delivery_id: UUID) -> bool:
        parts = Parts(self.db, self.settings, self.secrets, lambda: self.now, self.resolver)  # type: ignore[arg-type]
        return await deliver(parts, delivery_id)

    async def rows(self) -> list[RowMapping]:
        async with self.db.transaction() as tx:
            found = await tx.execute(select(webhook_deliveries).order_by(webhook_deliveries.c.id))
            return list(found.mappings())

    async def row(self, delivery_id: UUID) -> RowMapping:
        return next(row for row in await self.rows() if row["id"] == delivery_id)

    async def find(self, endpoint_id: UUID) -> Endpoint:
        async with self.db.transaction() as tx:
            return await find_endpoint(tx, self.user_id, endpoint_id)

    def later(self, **spans: float) -> None:
        self.now += timedelta(**spans)

    def strict(self, *answers: list[str]) -> "Post":
        """As on the internet: no private address, and names as these answers say."""
        settings = self.settings.model_copy(update={"allow_private_addresses": False})
        return replace(self, settings=settings, resolver=FakeResolver(*answers))
