"""The order that priorities stand for, over the whole of virtual time."""

from hypothesis import given
from hypothesis import strategies as st

from lumiku.queue.fairness import STEP, WEIGHTS, priority_of

TAGS = st.integers(0, 2**28 - 2)
TIERS = st.sampled_from(list(WEIGHTS))


@given(TAGS, TAGS, TIERS, TIERS)
def test_the_earlier_tag_runs_first_and_of_equal_ones_the_better_tier(
    one: int, other: int, tier: str, another: str
) -> None:
    first = priority_of(one, interactive=False, tier=tier)
    second = priority_of(other, interactive=False, tier=another)
    assert (first > second) == ((one, -WEIGHTS[tier]) < (other, -WEIGHTS[another]))


@given(st.integers(0, 2**70), st.integers(0, 2**70), TIERS, TIERS)
def test_what_somebody_waits_for_is_above_all_else_and_all_fits_an_int4(
    one: int, other: int, tier: str, another: str
) -> None:
    waited_for = priority_of(one, interactive=True, tier=tier)
    batch = priority_of(other, interactive=False, tier=another)
    assert -(2**31) <= batch < 0 < waited_for < 2**31


def test_each_weight_divides_the_step() -> None:
    assert all(STEP % weight == 0 for weight in WEIGHTS.values())
