"""The price of a batch as it is kept in its row."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from lumiku.core.ids import new_id
from lumiku.pricing.quote import quote
from lumiku.pricing.settings import PricingSettings
from lumiku.removals.model import Batch
from lumiku.removals.orders import pricing_of, quote_of

NOW = datetime(2026, 11, 5, tzinfo=UTC)


def batch(**changes: Any) -> Batch:
    values = dict.fromkeys(Batch.__slots__, None) | {"id": new_id(), "created_at": NOW, "total_images": 4}
    counts = {"processed_images": 0, "failed_images": 0, "cancelled_images": 0}
    return Batch(**{**values, **counts, **changes})


@pytest.mark.parametrize("count", [1, 19, 50, 51, 100, 200, 500])
@pytest.mark.parametrize("tier", ["basic", "industry"])
def test_a_quote_survives_its_row(count: int, tier: str) -> None:
    quoted = quote(count, tier, PricingSettings())
    kept = json.loads(json.dumps(pricing_of(quoted)))
    assert quote_of(batch(pricing=kept)) == quoted


def test_all_of_a_batch_is_done_only_when_all_has_ended() -> None:
    assert batch().percentage == 0
    assert batch(processed_images=1, failed_images=1, cancelled_images=1).percentage == 75
    assert batch(total_images=500, processed_images=499).percentage == 99
    assert batch(processed_images=2, failed_images=1, cancelled_images=1).percentage == 100
