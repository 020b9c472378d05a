"""Prices against a formula written another way: in exact fractions, step by step."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumiku.core.errors import InvalidInput
from lumiku.pricing.quote import quote
from lumiku.pricing.settings import PricingSettings
from lumiku.pricing.shares import shares

SETTINGS = PricingSettings()
COUNTS = st.integers(1, 500)
TIERS = st.sampled_from(["basic", "standard", "professional", "industry"])


def _price(count: int, tier: str) -> int:
    """What is paid: the price less the discount, where a fraction of a credit is never given away."""
    factor = Fraction(1)
    for above, kept in ((19, "19/20"), (50, "9/10"), (100, "17/20"), (200, "4/5")):
        if count > above:
            factor = Fraction(kept)
    exact = count * {"basic": 3, "standard": 8, "professional": 15, "industry": 25}[tier] * factor
    return -(-exact.numerator // exact.denominator)  # rounding the discount down rounds the price up


@given(COUNTS, TIERS)
def test_the_price_is_the_formulas(count: int, tier: str) -> None:
    priced = quote(count, tier, SETTINGS)
    assert priced.final_credits == _price(count, tier)
    assert priced.base_credits - priced.discount_credits == priced.final_credits
    assert priced.cost_idr == 100 * priced.final_credits
    assert abs(priced.cost_usd * 15_000 - priced.cost_idr) <= 75  # half a cent


@given(COUNTS, TIERS)
def test_the_hint_is_the_nearest_larger_order_that_costs_less(count: int, tier: str) -> None:
    cheaper = [more for more in range(count + 1, 501) if _price(more, tier) < _price(count, tier)]
    hint = quote(count, tier, SETTINGS).hint
    assert (hint.image_count if hint else None) == (min(cheaper) if cheaper else None)


@given(COUNTS, TIERS, st.integers(0, 500))
def test_what_a_quota_leaves_is_paid_with_the_discount_of_all(count: int, tier: str, quota: int) -> None:
    quota = min(quota, count)
    priced, whole = quote(count, tier, SETTINGS, quota_images=quota), quote(count, tier, SETTINGS)
    each, percent = whole.credits_per_image, whole.discount_percent
    exact = Fraction((count - quota) * each * (100 - percent), 100)
    assert priced.final_credits == -(-exact.numerator // exact.denominator) <= whole.final_credits
    assert (priced.discount_percent, priced.quota_images, priced.credit_images) == (
        percent,
        quota,
        count - quota,
    )
    if hint := priced.hint:
        larger = quote(hint.image_count, tier, SETTINGS, quota_images=quota)
        assert larger.final_credits == hint.final_credits < priced.final_credits


@given(st.integers().filter(lambda count: not 1 <= count <= 500), TIERS)
def test_no_other_count_has_a_price(count: int, tier: str) -> None:
    with pytest.raises(InvalidInput):
        quote(count, tier, SETTINGS)


@given(COUNTS, TIERS)
def test_shares_of_a_batch_sum_to_its_price_and_differ_by_one_at_most(count: int, tier: str) -> None:
    total = quote(count, tier, SETTINGS).final_credits
    each = shares(total, count)
    assert (len(each), sum(each)) == (count, total)
    assert max(each) - min(each) <= 1


@given(st.integers(-5, 50), st.integers(-5, 50))
def test_nobody_gets_a_free_share(total: int, count: int) -> None:
    if 1 <= count <= total:
        assert min(shares(total, count)) >= 1
    else:
        with pytest.raises(InvalidInput):
            shares(total, count)
