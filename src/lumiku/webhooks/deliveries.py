"""What was sent to an endpoint, sending it again, and trying an endpoint out."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update

from lumiku.core.db import Database
from lumiku.core.page import Listed, Page
from lumiku.webhooks.endpoints import find_endpoint
from lumiku.webhooks.errors import DeliveryNotFound, EndpointDisabled
from lumiku.webhooks.events import TEST_EVENT
from lumiku.webhooks.model import Delivery, DeliveryStatus, delivery_of
from lumiku.webhooks.publish import add_deliveries, queue_deliveries
from lumiku.webhooks.tables import webhook_deliveries as deliveries
from lumiku.webhooks.tables import webhook_endpoints as endpoints


async def list_deliveries(
    db: Database, user_id: UUID, endpoint_id: UUID, page: Page, *, status: DeliveryStatus | None = None
) -> Listed[Delivery]:
    """An endpoint's deliveries, the newest first.

    Raises:
        EndpointNotFound: it is not there, or another's.
    """
    wanted = [deliveries.c.endpoint_id == endpoint_id]
    if status is not None:
        wanted.append(deliveries.c.status == status)
    rows = (
        select(deliveries)
        .where(*wanted)
        .order_by(deliveries.c.created_at.desc(), deliveries.c.id.desc())
        .limit(page.limit)
        .offset(page.offset)
    )
    async with db.transaction() as tx:
        await find_endpoint(tx, user_id, endpoint_id)
        total = (await tx.execute(select(func.count()).select_from(deliveries).where(*wanted))).scalar_one()
        found = (await tx.execute(rows)).mappings().all()
    return Listed([delivery_of(row) for row in found], total)


async def redeliver(db: Database, user_id: UUID, delivery_id: UUID, *, now: datetime) -> Delivery:
    """Send it again, now: the same event under the same id, with all its tries before it again.

    One that is being sent right now is left alone.

    Raises:
        DeliveryNotFound: it is not there, or another's.
        EndpointDisabled: enable its endpoint first.
    """
    async with db.transaction() as tx:
        mine = (
            select(endpoints.c.id, endpoints.c.disabled_at)
            .join(deliveries)
            .where(deliveries.c.id == delivery_id, endpoints.c.user_id == user_id)
            .with_for_update(of=endpoints, key_share=True)
        )
        endpoint = (await tx.execute(mine)).one_or_none()
        if endpoint is None:
            raise DeliveryNotFound("there is no such delivery")
        if endpoint.disabled_at is not None:
            raise EndpointDisabled("this webhook is disabled; enable it first")
        row = (await tx.execute(select(deliveries).where(deliveries.c.id == delivery_id))).mappings().one()
        if row["sending_until"] is not None and row["sending_until"] > now:
            return delivery_of(row)
        (number,) = await queue_deliveries(tx, [delivery_id])
        again = (
            update(deliveries)
            .where(deliveries.c.id == delivery_id)
            .values(status="pending", attempts=0, next_at=now, sending_until=None, queue_job_id=number)
            .returning(deliveries)
        )
        return delivery_of((await tx.execute(again)).mappings().one())


async def send_test(db: Database, user_id: UUID, endpoint_id: UUID) -> Delivery:
    """Queue an event that says nothing, tried once; what comes of it stands in the endpoint's deliveries.

    Raises:
        EndpointNotFound: it is not there, or another's.
        EndpointDisabled: enable it first.
    """
    async with db.transaction() as tx:
        endpoint = await find_endpoint(tx, user_id, endpoint_id, lock=True)
        if endpoint.disabled_at is not None:
            raise EndpointDisabled("this webhook is disabled; enable it first")
        (delivery_id,) = await add_deliveries(tx, [endpoint_id], TEST_EVENT, {"test": True})
        made = await tx.execute(select(deliveries).where(deliveries.c.id == delivery_id))
        return delivery_of(made.mappings().one())
