"""What pictures cost: pure arithmetic in whole credits, done before any money moves."""

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lumiku.core.errors import InvalidInput
from lumiku.engine.options import TIERS, Tier
from lumiku.pricing.settings import PricingSettings


@dataclass(frozen=True, slots=True)
class Hint:
    """A few pictures more that make the whole order cheaper."""

    add_images: int
    image_count: int
    final_credits: int
    saves_credits: int

    @property
    def message(self) -> str:
        """For people."""
        return f"Add {self.add_images} image{'s' if self.add_images > 1 else ''} and pay less"


@dataclass(frozen=True, slots=True)
class Quote:
    """The price of an order.

    Attributes:
        image_count: pictures.
        tier: of all of them.
        credits_per_image: before the discount.
        base_credits: before the discount, all pictures.
        discount_percent: by the number of pictures.
        discount_credits: rounded down.
        final_credits: what is charged.
        cost_idr: `final_credits` in rupiah.
        cost_usd: the same in dollars, to the cent.
        savings_idr: `discount_credits` in rupiah.
        shown_price: `final_credits` as people read it, in the currency of the settings.
        hint: a larger order that costs less, if there is one.
        quota_images: of the pictures, those that a plan's quota pays for; the credits above are for the
            others, with the discount of all.
    """

    image_count: int
    tier: Tier
    credits_per_image: int
    base_credits: int
    discount_percent: int
    discount_credits: int
    final_credits: int
    cost_idr: int
    cost_usd: Decimal
    savings_idr: int
    shown_price: str
    hint: Hint | None
    quota_images: int = 0

    @property
    def credit_images(self) -> int:
        """How many of the pictures are paid in credits."""
        return self.image_count - self.quota_images


def quote(image_count: int, tier: str, settings: PricingSettings, *, quota_images: int = 0) -> Quote:
    """Price an order.

    Args:
        image_count: 1 to the most that the settings allow (500).
        tier: one of the four tiers.
        settings: prices and discounts.
        quota_images: how many of the images a plan's quota pays for, from 0 to all. They count for the
            discount, which the others get.

    Raises:
        InvalidInput: any other count, also text, fractions and truth values, or an unknown tier.
    """
    if tier not in TIERS:
        raise InvalidInput(f"tier must be one of {', '.join(TIERS)}", field="tier")
    if (
        isinstance(image_count, bool)
        or not isinstance(image_count, int)
        or not 1 <= image_count <= settings.max_images
    ):
        raise InvalidInput(
            f"imageCount must be a whole number from 1 to {settings.max_images}", field="imageCount"
        )
    if not 0 <= quota_images <= image_count:
        raise InvalidInput("a quota cannot pay for more images than there are", field="imageCount")
    each = settings.credits[tier]
    percent = _percent(image_count, settings)
    base = (image_count - quota_images) * each
    discount = base * percent // 100
    final = base - discount
    return Quote(
        image_count=image_count,
        tier=tier,
        credits_per_image=each,
        base_credits=base,
        discount_percent=percent,
        discount_credits=discount,
        final_credits=final,
        hint=_hint(image_count, quota_images, final, each, settings),
        quota_images=quota_images,
        **_money(final, discount, settings),
    )


def requote(
    bought: Quote, image_count: int, final_credits: int, settings: PricingSettings, *, quota_images: int
) -> Quote:
    """The quote of an order of which some is paid otherwise by now, at the price and discount that it had.

    Args:
        bought: as it was.
        image_count: the pictures that are paid for, or will be.
        final_credits: what they cost together.
        settings: what a credit is worth.
        quota_images: how many of them a quota pays for.
    """
    base = (image_count - quota_images) * bought.credits_per_image
    discount = base - final_credits
    return replace(
        bought,
        image_count=image_count,
        base_credits=base,
        discount_credits=discount,
        final_credits=final_credits,
        hint=None,
        quota_images=quota_images,
        **_money(final_credits, discount, settings),
    )


def price_of_one(batch: Quote) -> int:
    """What a picture of an order costs that its quota paid for, where credits pay for it after all."""
    return batch.credits_per_image - batch.credits_per_image * batch.discount_percent // 100


def _money(final: int, discount: int, settings: PricingSettings) -> dict[str, Any]:
    cost_idr = final * settings.idr_per_credit
    return {
        "cost_idr": cost_idr,
        "cost_usd": (Decimal(cost_idr) / settings.idr_per_usd).quantize(Decimal("0.01"), ROUND_HALF_UP),
        "savings_idr": discount * settings.idr_per_credit,
        "shown_price": _shown(final, settings),
    }


def _percent(image_count: int, settings: PricingSettings) -> int:
    reached = [start for start in settings.discounts if start <= image_count]
    return settings.discounts[max(reached)] if reached else 0


def _hint(
    image_count: int, quota_images: int, final: int, each: int, settings: PricingSettings
) -> Hint | None:
    # Within a step more pictures never cost less, so only the starts of later steps can.
    for start in sorted(settings.discounts):
        if not image_count < start <= settings.max_images:
            continue
        base = (start - quota_images) * each
        there = base - base * settings.discounts[start] // 100
        if there < final:
            return Hint(start - image_count, start, there, final - there)
    return None


def _shown(credits_: int, settings: PricingSettings) -> str:
    amount = Decimal(credits_) * Decimal(str(settings.currency_per_credit))
    places = 0 if amount == amount.to_integral_value() else 2
    return f"{settings.currency} {amount:,.{places}f}"
