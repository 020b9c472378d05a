"""Public prices: the list, and the price of one order."""

from lumiku.api.access import public, visitor
from lumiku.api.deps import Given, Visitor
from lumiku.api.route import new_router
from lumiku.api.schemas.pricing import (
    CalculateRequest,
    DiscountBody,
    PriceListAnswer,
    PriceListBody,
    QuoteAnswer,
    QuoteBody,
    TierBody,
)
from lumiku.pricing.quote import quote
from lumiku.removals.payment import Wish, check_payment, quote_for
from lumiku.subscriptions.quota import refuse_beyond

router = new_router("pricing")


@router.get("/api/background-remover/pricing", dependencies=[public])
async def list_prices(services: Given) -> PriceListAnswer:
    """What each tier costs, and from how many images on there is a discount."""
    prices = services.settings.pricing
    return PriceListAnswer(
        pricing=PriceListBody(
            tiers=[
                TierBody(tier=tier, credits_per_image=each, cost_idr=each * prices.idr_per_credit)
                for tier, each in prices.credits.items()
            ],
            discounts=[
                DiscountBody(from_images=start, percent=percent)
                for start, percent in sorted(prices.discounts.items())
            ],
            max_images=prices.max_images,
            currency=prices.currency,
            currency_per_credit=prices.currency_per_credit,
        )
    )


@router.post(
    "/api/background-remover/pricing/calculate",
    dependencies=[visitor("removals:read")],
    responses={
        403: {"description": "Not allowed; TIER_NOT_ALLOWED: no plan pays for this tier."},
        429: {"description": "The plan's quota of today does not pay for it (QUOTA_EXCEEDED)."},
    },
)
async def calculate_price(wanted: CalculateRequest, asker: Visitor, services: Given) -> QuoteAnswer:
    """The price of an order, with a hint where a few images more cost less.

    For somebody who is logged in it is what submitting the order now would charge, after their plan's quota.
    """
    payment, rules = check_payment(wanted.payment), services.settings
    if asker is None or payment == "credits":
        priced = quote(wanted.image_count, wanted.tier, rules.pricing)
        if payment == "subscription":
            refuse_beyond(None, wanted.image_count, wanted.tier, services.clock())
    else:
        wish = Wish(wanted.tier, payment)
        async with services.db.transaction() as tx:
            priced = await quote_for(
                tx, asker.user_id, wanted.image_count, wish, rules=rules, now=services.clock()
            )
    return QuoteAnswer(pricing=QuoteBody.model_validate(priced))
