"""The price list's golden values, its edges, and the hint that a larger order is cheaper."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from lumiku.core.errors import InvalidInput
from lumiku.pricing.quote import quote
from lumiku.pricing.settings import PricingSettings

SETTINGS = PricingSettings()
GOLDEN = {
    "basic": {1: 3, 19: 57, 20: 57, 33: 95, 500: 1200},
    "standard": {1: 8, 30: 228, 50: 380, 51: 368, 100: 720, 500: 3200},
    "professional": {1: 15, 75: 1013, 100: 1350, 101: 1288, 150: 1913, 200: 2550, 250: 3000},
    "industry": {1: 25, 200: 4250, 201: 4020, 300: 6000},
}


@pytest.mark.parametrize(
    ("tier", "count", "final"),
    [(tier, count, final) for tier, prices in GOLDEN.items() for count, final in prices.items()],
)
def test_golden_values(tier: str, count: int, final: int) -> None:
    assert quote(count, tier, SETTINGS).final_credits == final


@pytest.mark.parametrize("count", [0, -1, 501, 10**30, 1.0, "20", True, None, float("nan")])
def test_any_other_count_is_refused(count: object) -> None:
    with pytest.raises(InvalidInput, match="imageCount"):
        quote(count, "basic", SETTINGS)  # type: ignore[arg-type]


@pytest.mark.parametrize("tier", ["", "BASIC", "gold", "basic "])
def test_an_unknown_tier_is_refused(tier: str) -> None:
    with pytest.raises(InvalidInput, match="tier"):
        quote(1, tier, SETTINGS)


def test_every_number_of_a_quote() -> None:
    priced = quote(75, "professional", SETTINGS)
    assert (priced.credits_per_image, priced.base_credits) == (15, 1125)
    assert (priced.discount_percent, priced.discount_credits, priced.final_credits) == (10, 112, 1013)
    assert (priced.cost_idr, priced.savings_idr, priced.cost_usd) == (101_300, 11_200, Decimal("6.75"))
    assert priced.shown_price == "Rp 101,300"
    assert priced.hint is None


@pytest.mark.parametrize(
    ("count", "add", "final"), [(50, 1, 368), (49, 2, 368), (100, 1, 687), (200, 1, 1287), (19, None, 0)]
)
def test_a_larger_order_that_costs_less_is_named(count: int, add: int | None, final: int) -> None:
    hint = quote(count, "standard", SETTINGS).hint
    if add is None:
        assert hint is None
        return
    assert hint is not None
    assert (hint.add_images, hint.image_count, hint.final_credits) == (add, count + add, final)
    assert hint.saves_credits == quote(count, "standard", SETTINGS).final_credits - final > 0
    assert hint.message == f"Add {add} image{'s' if add > 1 else ''} and pay less"


def test_prices_currency_and_discounts_are_settings() -> None:
    settings = PricingSettings(
        credits={"basic": 1, "standard": 2, "professional": 3, "industry": 4},
        discounts={},
        max_images=10,
        currency="€",
        currency_per_credit=0.015,
        idr_per_credit=250,
    )
    priced = quote(10, "standard", settings)
    assert (priced.final_credits, priced.discount_percent) == (20, 0)
    assert (priced.shown_price, priced.cost_idr, priced.cost_usd) == ("€ 0.30", 5000, Decimal("0.33"))
    with pytest.raises(InvalidInput):
        quote(11, "standard", settings)


def test_settings_that_make_no_price_list_are_refused() -> None:
    with pytest.raises(ValidationError, match="industry"):
        PricingSettings(credits={"basic": 1, "standard": 2, "professional": 3})
    with pytest.raises(ValidationError):
        PricingSettings(discounts={20: 101})
    with pytest.raises(ValidationError, match="starts at"):
        PricingSettings(discounts={1: 5})
