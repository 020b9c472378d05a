"""Recording many jobs as queued in one statement: each with its own payment and number in the queue."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Integer, String, Update, Uuid, cast, column, func, update

from lumiku.removals.payment import Share
from lumiku.removals.tables import background_removal_jobs as jobs


def record_queued(
    job_ids: Sequence[UUID], shares: Sequence[Share], numbers: Sequence[int], values: Mapping[str, Any]
) -> Update:
    """The statement that records it; `values` are what all of the jobs get alike."""
    paid = (
        func.unnest(
            cast(list(job_ids), ARRAY(Uuid)),
            cast([share.pricing_type for share in shares], ARRAY(String)),
            cast([share.price for share in shares], ARRAY(Integer)),
            cast([share.hold_id for share in shares], ARRAY(Uuid)),
            cast([share.usage_id for share in shares], ARRAY(Uuid)),
            cast(list(numbers), ARRAY(BigInteger)),
        )
        .table_valued(
            column("id", Uuid), "pricing_type", "price", column("hold_id", Uuid), "usage_id", "queue_job_id"
        )
        .render_derived(name="paid")
    )
    own = {name: paid.c[name] for name in ("pricing_type", "price", "hold_id", "usage_id", "queue_job_id")}
    return update(jobs).where(jobs.c.id == paid.c.id).values({**values, **own})
