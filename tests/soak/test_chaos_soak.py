"""Ten minutes of chaos: five on a disk that fills up, five with a bucket that errs."""

import random

import pytest

from support.chaos import run_chaos
from support.chaos_places import in_bucket, on_small_disk

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600)]

SECONDS = 300


@pytest.mark.parametrize(
    ("place", "own"), [(on_small_disk, "disk"), (in_bucket, "bucket")], ids=["disk", "bucket"]
)
async def test_anything_may_die_for_minutes(place: object, own: str) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")  # noqa: T201  shown where it fails
    async with place(seed) as (victim, storage):  # type: ignore[operator]
        outcome = await run_chaos(victim, SECONDS, storage)
    print(outcome)  # noqa: T201
    assert outcome.wrong == []
    assert outcome.ends["completed"] > 200
    assert min(outcome.promised.acts[act] for act in ("cancel", "retry", "replay")) > 2
    assert {"engine", "worker", "api", "postgres", "supervisor", own} <= set(outcome.strikes)
