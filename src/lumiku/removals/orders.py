"""What an order of several pictures must look like, and how its price is kept and read."""

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.errors import InvalidInput
from lumiku.pricing.quote import Hint, Quote
from lumiku.removals.errors import BatchTooLarge
from lumiku.removals.model import Batch
from lumiku.removals.settings import Rules
from lumiku.removals.tables import background_removal_batches as batches

_MAX_NAME = 200


def check_order(count: int, size_bytes: int, name: str, rules: Rules) -> None:
    """Check how many pictures, and how much.

    Raises:
        InvalidInput: no picture, or a name that is too long.
        BatchTooLarge: more than a batch may have.
    """
    if count < 1:
        raise InvalidInput("a batch needs at least one picture", field="images")
    if count > rules.pricing.max_images:
        raise BatchTooLarge(f"a batch has at most {rules.pricing.max_images} pictures", images=count)
    check_size(size_bytes, rules)
    if len(name) > _MAX_NAME or not name.isprintable():
        raise InvalidInput(f"a batch's name is one line of at most {_MAX_NAME} characters", field="name")


def check_size(size_bytes: int, rules: Rules) -> None:
    """Raises BatchTooLarge where the pictures together are more bytes than a batch may have."""
    if size_bytes > rules.removals.max_batch_bytes:
        raise BatchTooLarge(
            f"a batch has at most {rules.removals.max_batch_bytes:,} bytes", sizeBytes=size_bytes
        )


async def insert_batch(
    tx: AsyncConnection, batch_id: UUID, user_id: UUID, quoted: Quote, values: Mapping[str, Any]
) -> Batch:
    """Make a batch's row: `values` are its name, options and what else is known."""
    row = {
        "id": batch_id,
        "user_id": user_id,
        "tier": quoted.tier,
        "total_images": quoted.image_count,
        "pricing": pricing_of(quoted),
        **values,
    }
    made = await tx.execute(insert(batches).values(row).returning(batches))
    return Batch.of(made.mappings().one())


def pricing_of(quoted: Quote) -> dict[str, Any]:
    """A quote as JSON, for `background_removal_batches.pricing`."""
    kept = {**asdict(quoted), "cost_usd": str(quoted.cost_usd)}
    if not quoted.quota_images:
        del kept["quota_images"]  # a release before, which may run beside us, does not know it
    return kept


def quote_of(batch: Batch) -> Quote:
    """The quote that a batch was bought at."""
    kept = dict(batch.pricing)
    hint = kept.pop("hint")
    cost_usd = Decimal(kept.pop("cost_usd"))
    return Quote(**kept, cost_usd=cost_usd, hint=Hint(**hint) if hint else None)
